"""Files of tables, on a local disk or in an object store."""
