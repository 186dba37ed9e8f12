"""What the lake is told of tables, windows and publications. Reads and writes nothing."""
