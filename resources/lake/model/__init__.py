"""Descriptions of tables, windows and publications. Nothing here reads or writes files."""
