"""Commands that query the tables, and the output of rows: sql, metrics, metric, order."""
