"""Figures of a rule's days for whoever plots them over time: its diff rate, what is open."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from warehouse_assets.modeling.reconciliation.reconcile import Reconcile
from warehouse_assets.modeling.reconciliation.result import IS_DIFFERENCE

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.model.window import Window
    from warehouse_assets.modeling.declaration.table import Table

_SIX_PLACES = Decimal("0.000001")


def result_totals(
    table: Table, window: Window, lake: Lake, snapshot_id: int
) -> dict[date, dict[str, Decimal | int]]:
    """The figures of each date of the window, read from what is published.

    `diff_rate` is the share of the items that began on the day and differ, `open_items` and
    `overdue_items` are counts at its end, `open_amount CNY` sums up amounts without their signs.

    Args:
        table: A table; of one that is no reconciliation there are none.
        window: The dates that were published.
        lake: Where they are.
        snapshot_id: The snapshot that the run published. If another run has published since, its
            figures are not this run's, and nothing is returned.
    """
    from resources.duckdb.engine import lake_session

    if not isinstance(table.materialization, Reconcile):
        return {}
    snapshot = lake.snapshot(table.spec)
    if snapshot.snapshot_id != snapshot_id:
        return {}
    relation = lake.relation_sql(snapshot, {day: day for day in window})
    with lake_session(lake.settings) as connection:
        found = connection.execute(
            f"SELECT dt, currency, count(*) FILTER (first_date = dt), "
            f"count(*) FILTER (first_date = dt AND {IS_DIFFERENCE}), "
            "count(*) FILTER (is_open), count(*) FILTER (standing = 'overdue'), "
            f"coalesce(sum(abs(open_amount)) FILTER (is_open), 0) FROM ({relation}) "
            "GROUP BY dt, currency ORDER BY dt, currency"
        ).fetchall()
    begun: dict[date, int] = dict.fromkeys(window, 0)
    different: dict[date, int] = dict.fromkeys(window, 0)
    totals: dict[date, dict[str, Decimal | int]] = {
        day: {"diff_rate": Decimal(0), "open_items": 0, "overdue_items": 0} for day in window
    }
    for day, currency, new, differ, is_open, overdue, amount in found:
        begun[day] += new
        different[day] += differ
        totals[day]["open_items"] += is_open
        totals[day]["overdue_items"] += overdue
        totals[day][f"open_amount {currency}"] = amount
    for day in window:
        if begun[day]:
            rate = Decimal(different[day]) / Decimal(begun[day])
            totals[day]["diff_rate"] = rate.quantize(_SIX_PLACES, ROUND_HALF_UP)
    return totals
