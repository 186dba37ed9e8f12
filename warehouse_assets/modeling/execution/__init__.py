"""One run of a table, its inputs, and whether what is published is stale."""
