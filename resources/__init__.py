"""What the warehouse stands on: lake, engines, sources. Nothing here knows a table by name."""
