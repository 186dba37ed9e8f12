"""Formats of delivered files: each tells the rows of a file apart; all share the way to types."""
