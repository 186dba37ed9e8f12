"""Olist's months as finance reads them: ordered, paid, and what is still unpaid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from resources.duckdb.engine import duckdb_session
from resources.identifiers import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

_MONTHS = """
SELECT d.month, sum(f.order_count), sum(f.gmv), sum(f.paid_amount), max(b.closing_amount)
FROM ads_finance_daily AS f
JOIN dim_date AS d USING (dt)
LEFT JOIN (
    SELECT strftime(dt, '%Y-%m') AS month, arg_max(closing_amount, dt) AS closing_amount
    FROM ads_revenue_bridge
    GROUP BY month
) AS b USING (month)
GROUP BY d.month
ORDER BY d.month
"""


@dataclass(frozen=True)
class Month:
    """A calendar month, in BRL; `unpaid_amount` is the bridge's closing of its last day."""

    month: str
    orders: int
    ordered_amount: Decimal
    paid_amount: Decimal
    unpaid_amount: Decimal | None


def finance_months(lake: Lake, warehouse: Warehouse) -> tuple[Month, ...]:
    """Every month that anything was ordered or paid in.

    Raises:
        StorageError: If a file of the lake cannot be read.
    """
    with duckdb_session(lake.settings) as connection:
        names = ("ads_finance_daily", "ads_revenue_bridge", "dim_date")
        open_views(connection, lake, warehouse, names)
        return tuple(Month(*row) for row in connection.execute(_MONTHS).fetchall())


def open_views(
    connection: DuckDBPyConnection, lake: Lake, warehouse: Warehouse, names: Iterable[str]
) -> None:
    """Make a view of each table, over all its partitions."""
    for name in names:
        relation = lake.relation_sql(lake.snapshot(warehouse.table(name).spec), None)
        connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS {relation}")
