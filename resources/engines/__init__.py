"""A SELECT in, staged Parquet out."""
