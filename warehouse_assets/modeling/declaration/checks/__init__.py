"""Checks that a table declares of its columns, rows and partitions."""
