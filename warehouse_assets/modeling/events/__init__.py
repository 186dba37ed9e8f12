"""JSON payloads converted to columns."""
