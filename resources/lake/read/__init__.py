"""A table's rows and records as of one snapshot."""
