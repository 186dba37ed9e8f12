"""Words people group by, and the columns of facts and summaries that they mean."""

from __future__ import annotations

from collections.abc import Iterable

DAY = "day"
"""Groups by the date that the metric is counted by."""

COLUMNS = {
    "seller": ("seller_id",),
    "sku": ("sku_id",),
    "user": ("user_id",),
    "category": ("category_id",),
    "city": ("city",),
    "channel": ("channel", "payment_method"),
    "warehouse": ("warehouse_code",),
    "currency": ("currency",),
}


def column_for(dimension: str, columns: Iterable[str]) -> str | None:
    """The column among a table's that a dimension, or a column's own name, means there."""
    known = set(columns)
    return next((name for name in COLUMNS.get(dimension, (dimension,)) if name in known), None)


def dimension_of(name: str) -> str:
    """The dimension that a column's name means; the name itself where it is none."""
    return next((word for word, columns in COLUMNS.items() if name in columns), name)


def possible(columns: Iterable[str]) -> list[str]:
    """Everything that can be grouped by in a table: dimensions first, then its other columns."""
    known = list(columns)
    words = [word for word in COLUMNS if column_for(word, known)]
    meant = {name for word in words for name in COLUMNS[word]}
    return [DAY, *words, *(name for name in known if name not in meant)]
