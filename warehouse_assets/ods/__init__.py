"""Rows as the sources delivered them."""
