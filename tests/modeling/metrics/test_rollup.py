"""metric_rollup(...): the SQL that it makes, that it gives the rows of SQL written by hand, and
what is said where it does not fit its table."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest

from tests.modeling.conftest import HEADER, changed, line_of
from tests.modeling.metrics.conftest import LINES, METRICS, ORDERS, STOCK, WriteWarehouse
from tests.tables.run_sql import DAY, run_sql
from warehouse_assets.fact.dws_channel_1d import dws_channel_1d
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.sql.code_version import code_version

ROLLUP = (
    HEADER
    + """
class DwsDay(Contract):
    sku_id: Integer = key("SKU")
    gmv: Money = measure("gmv")
    line_count: Integer = measure("line_count")
    stock_quantity: Integer = measure("stock_quantity")
    was_sold: Flag = column("Whether a line was ordered")
    dt: Day = partition("Day")

dws_day = table(
    DwsDay,
    owner="team:trade",
    reads={"dwd_line": same_day(), "dwd_stock": same_day()},
    sql=metric_rollup(
        by=("sku_id",),
        sources={"dwd_line": rollup_source(dimensions={"sku_id": "dwd_line.seller_id"})},
        columns={"was_sold": "dwd_line_metrics.line_count IS NOT NULL"},
    ),
)
"""
)
WAREHOUSE = {
    "ods/ods_order": ORDERS,
    "fact/dwd_line": LINES,
    "fact/dwd_stock": STOCK,
    "fact/dws_day": ROLLUP,
    "metrics/shop": METRICS,
}


def test_the_sql_is_made_of_the_contract(write_warehouse: WriteWarehouse) -> None:
    table = write_warehouse(WAREHOUSE).table("dws_day")
    assert table.sql == dedent("""
        WITH
            dwd_line_metrics AS (
                SELECT
                    dwd_line.seller_id AS sku_id,
                    dwd_line.dt AS dt,
                    MEASURE(dwd_line.gmv) AS gmv,
                    MEASURE(dwd_line.line_count) AS line_count
                FROM dwd_line
                WHERE dwd_line.dt >= :start AND dwd_line.dt < :end
                GROUP BY dwd_line.seller_id, dwd_line.dt
            ),
            dwd_stock_metrics AS (
                SELECT
                    dwd_stock.sku_id AS sku_id,
                    dwd_stock.dt AS dt,
                    MEASURE(dwd_stock.stock_quantity) AS stock_quantity
                FROM dwd_stock
                WHERE dwd_stock.dt >= :start AND dwd_stock.dt < :end
                GROUP BY dwd_stock.sku_id, dwd_stock.dt
            ),
            spine AS (
                SELECT sku_id, dt FROM dwd_line_metrics
                UNION
                SELECT sku_id, dt FROM dwd_stock_metrics
            )
        SELECT
            spine.sku_id,
            COALESCE(dwd_line_metrics.gmv, 0) AS gmv,
            COALESCE(dwd_line_metrics.line_count, 0) AS line_count,
            COALESCE(dwd_stock_metrics.stock_quantity, 0) AS stock_quantity,
            dwd_line_metrics.line_count IS NOT NULL AS was_sold,
            spine.dt
        FROM spine
        LEFT JOIN dwd_line_metrics
            ON dwd_line_metrics.sku_id = spine.sku_id
            AND dwd_line_metrics.dt = spine.dt
        LEFT JOIN dwd_stock_metrics
            ON dwd_stock_metrics.sku_id = spine.sku_id
            AND dwd_stock_metrics.dt = spine.dt
    """)


def test_another_declaration_is_another_code_version(write_warehouse: WriteWarehouse) -> None:
    first = code_version(write_warehouse(WAREHOUSE).table("dws_day"))
    module = changed(ROLLUP, "line_count IS NOT NULL", "line_count > 0")
    second = code_version(write_warehouse({**WAREHOUSE, "fact/dws_day": module}).table("dws_day"))
    assert first != second


BY_HAND = """
    WITH payments AS (
        SELECT dt, payment_method, currency, MEASURE(payment_count) AS payment_count,
            MEASURE(paid_amount) AS paid_amount
        FROM dwd_payment WHERE dt >= :start AND dt < :end GROUP BY dt, payment_method, currency
    ),
    refunds AS (
        SELECT dt, payment_method, currency, MEASURE(refund_count) AS refund_count,
            MEASURE(refund_amount) AS refund_amount
        FROM dwd_refund WHERE dt >= :start AND dt < :end GROUP BY dt, payment_method, currency
    ),
    bills AS (
        SELECT dt, channel AS payment_method, currency, MEASURE(billed_amount) AS billed_amount,
            MEASURE(billed_refund_amount) AS billed_refund_amount,
            MEASURE(channel_fee) AS channel_fee
        FROM dwd_channel_bill WHERE dt >= :start AND dt < :end GROUP BY dt, channel, currency
    )
    SELECT payment_method, currency,
        COALESCE(payment_count, 0) AS payment_count, COALESCE(paid_amount, 0) AS paid_amount,
        COALESCE(refund_count, 0) AS refund_count, COALESCE(refund_amount, 0) AS refund_amount,
        COALESCE(billed_amount, 0) AS billed_amount,
        COALESCE(billed_refund_amount, 0) AS billed_refund_amount,
        COALESCE(channel_fee, 0) AS channel_fee, dt
    FROM payments
    FULL JOIN refunds USING (dt, payment_method, currency)
    FULL JOIN bills USING (dt, payment_method, currency)
"""


def test_rows_are_those_of_sql_written_by_hand() -> None:
    inputs = {
        "dwd_payment": [
            {"payment_no": str(n), "payment_method": method, "paid_amount": n, "dt": DAY}
            for n, method in enumerate(("card", "card", "wallet"), 1)
        ],
        "dwd_refund": [{"refund_no": "R", "payment_method": "voucher", "refund_amount": 4}],
        "dwd_channel_bill": [
            {"outward_no": "1", "channel": "card", "bill_type": "pay", "is_counted": True,
             "gross_amount": 9, "fee_amount": 1},
        ],
    }  # fmt: skip
    rows = run_sql(dws_channel_1d, inputs)
    assert rows == run_sql(replace(dws_channel_1d, sql=BY_HAND), inputs)
    assert [row["payment_method"] for row in rows] == ["card", "voucher", "wallet"]


# (what is there, what is written instead, words of the error)
MISTAKES = {
    "dimensions that are not the key": (
        'by=("sku_id",)', 'by=("sku_id", "currency")',
        ["metric_rollup is by sku_id, currency, and the contract's key is sku_id", "key columns"],
    ),
    "a source that is not read": (
        'sources={"dwd_line"', 'sources={"dwd_lines"',
        ["the source dwd_lines, not in reads", "Did you mean dwd_line?"],
    ),
    "SQL of a column that is no dimension": (
        'dimensions={"sku_id"', 'dimensions={"sku"',
        ["source dwd_line: column sku is no dimension", "Did you mean sku_id?"],
    ),
    "a metric whose fact is not read": (
        ', "dwd_stock": same_day()', "",
        ["column stock_quantity: the table does not read dwd_stock", 'Add "dwd_stock" to `reads`'],
    ),
    "a metric without a column": (
        "rollup_source(", 'rollup_source(metrics=("buyer_count",), ',
        ["no column for the metric buyer_count", 'buyer_count = measure("buyer_count")'],
    ),
    "a ratio": (
        'line_count: Integer = measure("line_count")', 'line_value: Money = measure("line_value")',
        ["column line_value: the metric line_value is a ratio", "Carry gmv and line_count"],
    ),
    "a date that is not the default": (
        'measure("gmv")', 'measure("gmv", by="paid")',
        ["column gmv: metric_rollup counts gmv by ordered, not by paid", "MEASURE(gmv, paid)"],
    ),
    "a column that nothing fills": (
        'columns={"was_sold": "dwd_line_metrics.line_count IS NOT NULL"},', "",
        ["column was_sold is no dimension and carries no metric", 'columns={"was_sold"'],
    ),
    "SQL of a column that the contract does not have": (
        'columns={', 'columns={"was_solt": "1", ',
        ["gives the column was_solt", "Did you mean was_sold?"],
    ),
    "no input that adds rows": (
        'dimensions={"sku_id": "dwd_line.seller_id"})}',
        'adds_rows=False), "dwd_stock": rollup_source(adds_rows=False)}',
        ["metric_rollup has no source of rows", "an input that adds rows"],
    ),
    "SQL of a dimension over a column that is not there": (
        "dwd_line.seller_id", "dwd_line.seler_id", ["seler_id", "Did you mean seller_id?"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_table_column_and_next_step(
    mistake: str, write_warehouse: WriteWarehouse
) -> None:
    old, new, words = MISTAKES[mistake]
    module = changed(ROLLUP, old, new)
    with pytest.raises(LoadError) as raised:
        write_warehouse({**WAREHOUSE, "fact/dws_day": module})
    text = str(raised.value)
    assert f"fact/dws_day.py:{line_of(module, 'sql=')}: dws_day: " in text
    for word in words:
        assert word in text
