"""Functions that a table's SQL may call beside the standard ones: one meaning, every engine."""

from warehouse_assets.modeling.functions.registry import (
    install,
    sql_functions,
    version,
)

__all__ = ["install", "sql_functions", "version"]
