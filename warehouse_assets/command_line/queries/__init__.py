"""Commands that ask the tables: sql, metric, order."""
