"""Reconciliations: two sides that must agree, one module each."""
