"""Materialized views of served tables."""
