"""Staged rows checked against the contract before they are published."""
