"""Upstream systems, read as they deliver."""
