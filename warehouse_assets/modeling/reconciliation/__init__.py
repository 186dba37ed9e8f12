"""Reconciliation: two sides that must agree, declared; every difference found and carried on."""
