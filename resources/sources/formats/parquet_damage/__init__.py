"""Damage to Parquet files, found before the engine reads them."""
