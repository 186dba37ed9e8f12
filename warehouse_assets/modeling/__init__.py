"""What a table is. A table's module imports everything it needs from here."""

from warehouse_assets.modeling.columns import column, key, partition, ref
from warehouse_assets.modeling.contract import Contract, DeliveredContract
from warehouse_assets.modeling.freshness import by
from warehouse_assets.modeling.row_checks import guard, must, should
from warehouse_assets.modeling.table import Table, table
from warehouse_assets.modeling.types import Day, Flag, Integer, Money, Rate, Text, Timestamp
from warehouse_assets.modeling.windows import (
    as_of_day,
    following,
    history,
    same_day,
    trailing,
    whole_table,
)

__all__ = [
    "Contract",
    "Day",
    "DeliveredContract",
    "Flag",
    "Integer",
    "Money",
    "Rate",
    "Table",
    "Text",
    "Timestamp",
    "as_of_day",
    "by",
    "column",
    "following",
    "guard",
    "history",
    "key",
    "must",
    "partition",
    "ref",
    "same_day",
    "should",
    "table",
    "trailing",
    "whole_table",
]
