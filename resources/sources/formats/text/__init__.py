"""Files of text lines: delimited, fixed width, JSON lines."""
