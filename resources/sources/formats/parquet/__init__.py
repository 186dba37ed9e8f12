"""Parquet files, taken over where the types lose nothing."""
