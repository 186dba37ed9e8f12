"""How a table takes new rows: append-only, upsert, slowly changing dimension."""
