"""Locks and leases of tables, for one host or for several."""
