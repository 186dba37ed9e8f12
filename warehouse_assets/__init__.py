"""Every table of the warehouse, and what makes them into Dagster assets."""
