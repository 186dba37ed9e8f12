"""The engine, the lake, delivered files, StarRocks. Nothing here knows a table by name."""
