"""Business processes in detail (dwd) and summed up (dws)."""
