"""Commands that run tables: materialize, fill, demo."""
