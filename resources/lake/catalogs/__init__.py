"""Catalogs: what each kind of catalog needs to be opened."""
