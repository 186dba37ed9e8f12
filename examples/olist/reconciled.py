"""What the reconciliation of orders and payments, rule 2, says of Olist's orders.

The class of an order is made of what the rule matched, so that it can be compared with that of
`differences.py`, which asks the facts. The rule knows one tolerance for an order, and none for each
of its items: of the class `rounding` it lets 0.01 pass, and reports what is more.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from examples.olist.differences import CLASSES, class_cases, open_views
from resources.duckdb.engine import duckdb_session

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

RULE = "rec_order_payment"
"""The reconciliation that Olist has both sides of: orders and their payments."""

# An item that is open is there again each day: its latest result counts.
_RESULTS = f"""
CREATE TEMP VIEW latest_results AS
SELECT
    coalesce(left_key, right_key) AS order_no, state, left_amount, right_amount, left_count,
    right_count
FROM {RULE}
QUALIFY row_number() OVER (PARTITION BY coalesce(left_key, right_key) ORDER BY dt DESC) = 1
"""
_BALANCES = """
CREATE TEMP VIEW reconciled_orders AS
SELECT
    r.state,
    o.line_count,
    coalesce(r.right_count, 0) AS payment_count,
    coalesce(p.installment_count, 0) AS installment_count,
    CASE r.left_count WHEN 1 THEN r.left_amount ELSE o.payable_amount END AS ordered_amount,
    coalesce(r.right_amount, 0) AS paid_amount,
    CAST(coalesce(r.right_amount, 0) - ordered_amount AS DECIMAL(18,2)) AS difference_amount
FROM dwd_order AS o
LEFT JOIN latest_results AS r USING (order_no)
LEFT JOIN (
    SELECT order_no, max(installment_count) AS installment_count
    FROM dwd_payment
    GROUP BY order_no
) AS p USING (order_no)
"""
_TOTALS = f"""
SELECT
    {class_cases()} AS class_name, state, count(*), sum(ordered_amount), sum(paid_amount),
    sum(difference_amount)
FROM reconciled_orders
GROUP BY class_name, state
"""


@dataclass(frozen=True)
class ReconciledClass:
    """Orders of one class with the same result. Amounts are in BRL.

    Args:
        name: The class, of differences.CLASSES.
        state: What the rule says of them; None: they are not due, as nobody says that they were
            paid.
        orders: How many they are.
        ordered_amount: What they owe.
        paid_amount: What was paid for them.
        difference_amount: Paid less ordered.
    """

    name: str
    state: str | None
    orders: int
    ordered_amount: Decimal
    paid_amount: Decimal
    difference_amount: Decimal


def reconciled_classes(lake: Lake, warehouse: Warehouse) -> tuple[ReconciledClass, ...]:
    """Every order by its class and by its latest result, in the order of the classes.

    Raises:
        StorageError: If a file of the lake cannot be read.
    """
    with duckdb_session(lake.settings) as connection:
        open_views(connection, lake, warehouse, (RULE, "dwd_order", "dwd_payment"))
        connection.execute(_RESULTS)
        connection.execute(_BALANCES)
        found = [ReconciledClass(*row) for row in connection.execute(_TOTALS).fetchall()]
    names = list(CLASSES)
    return tuple(sorted(found, key=lambda each: (names.index(each.name), each.state or "")))
