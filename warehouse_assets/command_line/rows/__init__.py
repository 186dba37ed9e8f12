"""Rows of tables, and how they are shown or exported."""
