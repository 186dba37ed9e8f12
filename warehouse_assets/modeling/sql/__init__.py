"""A table's SQL: statement, binding, lineage, latest versions."""
