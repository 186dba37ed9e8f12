"""Olist's months as finance reads them, and orders whose items and payments, or times, do not fit.

Everything is computed in SQL from the warehouse's own tables. Every order is in exactly one class
of `dwd_order` against `dwd_payment`, so the classes sum up to all orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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


CLASSES: Mapping[str, tuple[str, str]] = {
    "no_items_no_payment": ("line_count = 0 AND payment_count = 0", "Neither items nor payments"),
    "paid_without_items": ("line_count = 0", "Payments, and no items"),
    "items_without_payment": ("payment_count = 0", "Items, and no payments"),
    "equal": ("difference_amount = 0", "Paid what the items add up to"),
    "rounding": ("abs(difference_amount) <= 0.01 * line_count", "Within 0.01 for each item"),
    "instalment_interest": (
        "difference_amount > 0 AND installment_count > 1",
        "Paid more, in several instalments",
    ),
    "unexplained_more": ("difference_amount > 0", "Paid more, at once"),
    "unexplained_less": ("difference_amount < 0", "Paid less"),
}
"""Class -> what puts an order in it, unless a class before does; and what that means."""


def class_cases() -> str:
    """The class of an order, as SQL over its counts and amounts."""
    cases = " ".join(f"WHEN {condition} THEN '{n}'" for n, (condition, _) in CLASSES.items())
    return f"CASE {cases} END"


TIME_ERRORS: Mapping[str, str] = {
    "approved_before_purchase": "paid_at < ordered_at",
    "carrier_before_purchase": "shipped_at < ordered_at",
    "carrier_before_approval": "shipped_at < paid_at",
    "delivered_before_purchase": "delivered_at < ordered_at",
    "delivered_before_carrier": "delivered_at < shipped_at",
    "delivered_without_carrier": "delivered_at IS NOT NULL AND shipped_at IS NULL",
    "delivered_without_time": "order_status = 'delivered' AND delivered_at IS NULL",
    "delivered_never_approved": "order_status = 'delivered' AND paid_at IS NULL",
    "cancelled_yet_delivered": "order_status = 'cancelled' AND delivered_at IS NOT NULL",
}
"""Contradiction -> the condition over dwd_order under which an order has it."""

_BALANCES = """
CREATE TEMP VIEW order_balances AS
SELECT
    o.order_no,
    o.dt AS ordered_date,
    o.order_status,
    o.line_count,
    o.line_pay_amount AS item_amount,
    coalesce(p.payment_count, 0) AS payment_count,
    coalesce(p.installment_count, 0) AS installment_count,
    CAST(coalesce(p.paid_amount, 0) AS DECIMAL(18,2)) AS paid_amount,
    CAST(coalesce(p.paid_amount, 0) - o.line_pay_amount AS DECIMAL(18,2)) AS difference_amount
FROM dwd_order AS o
LEFT JOIN (
    SELECT
        order_no,
        count(*) AS payment_count,
        max(installment_count) AS installment_count,
        sum(paid_amount) AS paid_amount
    FROM dwd_payment
    GROUP BY order_no
) AS p USING (order_no)
"""
_CLASSIFIED = """
CREATE TEMP VIEW classified_orders AS
SELECT *, {cases} AS class_name FROM order_balances
"""
_TOTALS = """
SELECT class_name, count(*), sum(item_amount), sum(paid_amount), sum(difference_amount)
FROM classified_orders GROUP BY class_name
"""
_LISTED = """
SELECT order_no, ordered_date, class_name, order_status, line_count, installment_count,
    item_amount, paid_amount, difference_amount
FROM classified_orders
WHERE class_name <> 'equal'
ORDER BY abs(difference_amount) DESC, order_no
LIMIT ?
"""
_PAYMENTS_WITHOUT_ORDER = """
SELECT count(*), coalesce(sum(paid_amount), 0)
FROM dwd_payment ANTI JOIN dwd_order USING (order_no)
"""


@dataclass(frozen=True)
class ClassTotal:
    """A class: how many orders are in it, and their money. Amounts are in BRL."""

    name: str
    orders: int
    item_amount: Decimal
    paid_amount: Decimal
    difference_amount: Decimal


@dataclass(frozen=True)
class OrderDifference:
    """An order whose items and payments differ; difference = paid - items."""

    order_no: str
    ordered_date: date
    class_name: str
    order_status: str
    line_count: int
    installment_count: int
    item_amount: Decimal
    paid_amount: Decimal
    difference_amount: Decimal


@dataclass(frozen=True)
class Differences:
    """What does not fit in the orders of a lake.

    Args:
        classes: Every class, in the order in which they are judged, also those without orders.
        orders: The orders that are not equal, largest difference first, as many as asked for.
        time_errors: Orders by contradiction; an order may have several.
        orders_without_items: Orders of the two classes without items.
        payments_without_order: Captured payments whose order the lake does not have.
        payments_without_order_amount: Their money.
    """

    classes: tuple[ClassTotal, ...]
    orders: tuple[OrderDifference, ...]
    time_errors: Mapping[str, int]
    orders_without_items: int
    payments_without_order: int
    payments_without_order_amount: Decimal

    @property
    def order_count(self) -> int:
        """All orders: the sum over the classes."""
        return sum(each.orders for each in self.classes)

    @property
    def by_class(self) -> Mapping[str, ClassTotal]:
        """The classes by name."""
        return {each.name: each for each in self.classes}


def find_differences(lake: Lake, warehouse: Warehouse, listed: int = 10_000) -> Differences:
    """Compare the items and payments of every order that is published, and look at its times.

    At most `listed` of the differing orders are named.

    Raises:
        StorageError: If a file of the lake cannot be read.
    """
    with duckdb_session(lake.settings) as connection:
        open_views(connection, lake, warehouse, ("dwd_order", "dwd_payment"))
        connection.execute(_BALANCES)
        connection.execute(_CLASSIFIED.format(cases=class_cases()))
        classes = _classes(connection)
        errors = ", ".join(f"count(*) FILTER ({each})" for each in TIME_ERRORS.values())
        counted = connection.execute(f"SELECT {errors} FROM dwd_order").fetchall()[0]
        orphans = connection.execute(_PAYMENTS_WITHOUT_ORDER).fetchall()[0]
        orders = connection.execute(_LISTED, [listed]).fetchall()
    return Differences(
        classes=classes,
        orders=tuple(OrderDifference(*row) for row in orders),
        time_errors=dict(zip(TIME_ERRORS, counted, strict=True)),
        orders_without_items=sum(
            each.orders
            for each in classes
            if each.name in ("no_items_no_payment", "paid_without_items")
        ),
        payments_without_order=orphans[0],
        payments_without_order_amount=Decimal(orphans[1]),
    )


def _classes(connection: DuckDBPyConnection) -> tuple[ClassTotal, ...]:
    found = {row[0]: ClassTotal(*row) for row in connection.execute(_TOTALS).fetchall()}
    zero = Decimal("0.00")
    return tuple(found.get(name, ClassTotal(name, 0, zero, zero, zero)) for name in CLASSES)
