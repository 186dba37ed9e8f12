"""StarRocks, which serves the lake's tables: what is sent to it, and what it is known to show."""
