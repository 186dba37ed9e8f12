"""Tables made of JSON payloads by declared paths."""
