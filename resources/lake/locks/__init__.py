"""Locks: who may commit, and which attempts live."""
