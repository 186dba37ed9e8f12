"""The engine: sessions of DuckDB, bounded in memory, disk and network."""
