"""Statements to StarRocks: connections, names, errors, versions."""
