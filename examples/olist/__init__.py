"""The public Olist marketplace data, run through the warehouse's own tables, unchanged."""
