"""Functions that a table's SQL may call beside the standard ones: one meaning, every engine."""

from warehouse_assets.modeling.functions.registry import (
    check_functions,
    install,
    sql_functions,
    version,
)

__all__ = ["check_functions", "install", "sql_functions", "version"]
