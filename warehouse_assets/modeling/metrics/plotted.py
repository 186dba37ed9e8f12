"""The totals of a table's metrics, partition by partition, for whoever plots them over time."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from resources.identifiers import quoted
from warehouse_assets.modeling.declaration.metric import Metric

if TYPE_CHECKING:
    from datetime import date

    from resources.lake.lake import Lake
    from resources.lake.model.window import Window
    from warehouse_assets.modeling.declaration.metric_library import MetricLibrary
    from warehouse_assets.modeling.declaration.table import Table

Totals = Mapping[str, Decimal | int]
"""`gmv CNY` or `order_count` -> the partition's total. Amounts are apart by currency."""

CURRENCY = "currency"


def summed_columns(table: Table, library: MetricLibrary) -> tuple[str, ...]:
    """The metrics a table carries that may be summed up over its key: no ratios, no distinct."""
    return tuple(
        column.spec.name
        for column in table.columns
        if column.role.metric is not None
        and isinstance(metric := library.get(column.role.metric), Metric)
        and metric.not_over is not None
        and not set(metric.not_over) & set(table.key)
    )


def metric_totals(
    table: Table, window: Window, lake: Lake, library: MetricLibrary, snapshot_id: int
) -> dict[date, Totals]:
    """The totals of each date of the window, read from what is published.

    Args:
        table: A table with partitions.
        window: The dates that were published.
        lake: Where they are.
        library: The metrics.
        snapshot_id: The snapshot that the run published. If another run has published since,
            its totals are not this run's, and nothing is returned.
    """
    from resources.duckdb.engine import lake_session

    names = summed_columns(table, library)
    snapshot = lake.snapshot(table.spec)
    if not names or snapshot.snapshot_id != snapshot_id or table.partition_column is None:
        return {}
    has_currency = any(column.spec.name == CURRENCY for column in table.columns)
    by = quoted(CURRENCY) if has_currency else "NULL"
    day = quoted(table.partition_column)
    sums = ", ".join(f"sum({quoted(name)})" for name in names)
    relation = lake.relation_sql(snapshot, {each: each for each in window})
    with lake_session(lake.settings) as connection:
        found = connection.execute(
            f"SELECT {day}, {by}, {sums} FROM ({relation}) GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
    money = {name for name in names if _is_money(table, library, name)}
    totals: dict[date, dict[str, Decimal | int]] = {}
    for date_, currency, *values in found:
        of_day = totals.setdefault(date_, {})
        for name, value in zip(names, values, strict=True):
            if value is None:
                continue
            label = f"{name} {currency}" if name in money and currency else name
            of_day[label] = of_day.get(label, 0) + value
    return dict(totals)


def _is_money(table: Table, library: MetricLibrary, column: str) -> bool:
    role = next(each.role for each in table.columns if each.spec.name == column)
    return role.metric is not None and library.metric(role.metric).unit == "money"
