"""Staged data files and delete files, and the snapshot that adds them."""
