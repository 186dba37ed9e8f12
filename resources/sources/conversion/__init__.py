"""Texts of delivered rows converted to typed values, in SQL."""
