"""Errors that the shop injects, each of which a reconciliation exists to find."""
