"""How a table's schema follows its contract."""
