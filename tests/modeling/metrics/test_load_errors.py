"""A mistake with a metric is found when the code is loaded, and says where it is."""

from __future__ import annotations

import pytest

from tests.modeling.conftest import changed, line_of
from tests.modeling.metrics.conftest import (
    LINES,
    METRICS,
    ORDERS,
    REPORT,
    STOCK,
    STOCK_REPORT,
    STOCK_SUMMARY,
    SUMMARY,
    WriteWarehouse,
)
from warehouse_assets.modeling.load_errors import LoadError

WAREHOUSE = {
    "ods/ods_order": ORDERS,
    "fact/dwd_line": LINES,
    "fact/dwd_stock": STOCK,
    "fact/dws_seller": SUMMARY,
    "ads/ads_report": REPORT,
    "metrics/shop": METRICS,
}
SUMMED = "MEASURE(gmv) AS gmv"
TO_DAYS = ("GROUP BY s.currency, s.dt", "GROUP BY s.currency")

# (module, what is there, what is written instead, text on the line at fault, words of the error)
MISTAKES = {
    "measure of an unknown metric": (
        "fact/dws_seller", SUMMED, "MEASURE(gvm) AS gmv", "MEASURE(gvm)",
        ["there is no metric gvm", "Did you mean gmv?"],
    ),
    "column of an unknown metric": (
        "fact/dws_seller", 'Money = measure("gmv"', 'Money = measure("gvm"', 'measure("gvm"',
        ["there is no metric gvm", "Did you mean gmv?"],
    ),
    "column of another name": (
        "fact/dws_seller", "    gmv: Money", "    amount: Money", "amount: Money",
        ["column amount carries the metric gmv under another name"],
    ),
    "column of another type": (
        "fact/dws_seller", "gmv: Money", "gmv: Integer", "gmv: Integer",
        ["column gmv is BIGINT, and money is DECIMAL(18,2)"],
    ),
    "column counted by no date of the metric": (
        "fact/dws_seller", 'measure("gmv"', 'measure("gmv", by="pay"', 'by="pay"',
        ["gmv is counted by ordered, paid, not by pay", "Did you mean paid?"],
    ),
    "measure counted by no date of the metric": (
        "fact/dws_seller", SUMMED, "MEASURE(gmv, pay) AS gmv", "MEASURE(gmv, pay)",
        ["MEASURE(gmv): is counted by ordered, paid, not by pay"],
    ),
    "measure by a date that is not grouped by": (
        "fact/dws_seller", SUMMED, "MEASURE(gmv, paid) AS gmv", "MEASURE(gmv, paid)",
        ["counted by paid, and the SELECT does not group by paid_date", "ordered (dt)"],
    ),
    "measure that is no name": (
        "fact/dws_seller", SUMMED, "MEASURE(SUM(pay_amount)) AS gmv", "MEASURE(SUM",
        ["Write MEASURE(metric)"],
    ),
    "fact with rows left out": (
        "fact/dws_seller", "l.dt < :end", "l.dt < :end AND l.user_id > 1", SUMMED,
        ["counts every row of dwd_line, and WHERE leaves some out by user_id"],
    ),
    "fact with rows lost in a join": (
        "fact/dws_seller", "FROM dwd_line AS l",
        "FROM dwd_line AS l JOIN dwd_line AS m ON m.order_no = l.order_no", SUMMED,
        ["counts every row of dwd_line, and a join with m may leave some out", "LEFT JOIN"],
    ),
    "another figure under the metric's name": (
        "fact/dws_seller", SUMMED, "SUM(l.back_amount) AS gmv", "SUM(l.back_amount)",
        ["column gmv is measure('gmv') in the contract and not MEASURE(gmv) here"],
    ),
    "another metric under the metric's name": (
        "fact/dws_seller", SUMMED, "MEASURE(refund_amount, refunded) AS gmv", "MEASURE(refund",
        ["does not group by refunded_date"],
    ),
    "the metric and something more": (
        "fact/dws_seller", SUMMED, "MEASURE(gmv) + 1 AS gmv", "MEASURE(gmv) + 1",
        ["not MEASURE(gmv) here"],
    ),
    "a table that does not carry it": (
        "ads/ads_report", SUMMED, "MEASURE(stock_quantity) AS gmv", "MEASURE(stock_quantity)",
        ["s is not its fact dwd_stock and carries no stock_quantity", "Select from dwd_stock."],
    ),
    "a table that carries it under another alias": (
        "ads/ads_report", SUMMED, "MEASURE(x.gmv) AS gmv", "MEASURE(x.gmv)",
        ["x is not its fact dwd_line", "Select from dwd_line or dws_seller."],
    ),
    "a table that lacks a part of a ratio": (
        "ads/ads_report", "MEASURE(line_value)", "MEASURE(refund_rate)", "MEASURE(refund_rate)",
        ["its part refund_amount: s is not its fact dwd_line"],
    ),
    "measure of a non-additive column": (
        "ads/ads_report", SUMMED, "MEASURE(buyer_count) AS gmv", "MEASURE(buyer_count)",
        ["buyer_count is non-additive and must not be summed up", "MEASURE(buyer_count)"],
    ),
    "sum of a non-additive column": (
        "ads/ads_report", SUMMED, "SUM(s.buyer_count) AS gmv", "SUM(s.buyer_count)",
        ["SUM(s.buyer_count): buyer_count is non-additive"],
    ),
    "sum of a non-additive column inside a CASE": (
        "ads/ads_report", SUMMED,
        "SUM(CASE WHEN s.seller_id = 1 THEN s.buyer_count ELSE 0 END) AS gmv", "SUM(CASE",
        ["buyer_count is non-additive"],
    ),
    "running sum of a non-additive column": (
        "ads/ads_report", REPORT[REPORT.index("MEASURE(gmv)"):REPORT.index("FROM")],
        "SUM(s.buyer_count) OVER (PARTITION BY s.currency) AS gmv, 1 AS line_value, s.dt ",
        "SUM(s.buyer_count)", ["buyer_count is non-additive"],
    ),
    "sum of a non-additive column through a CTE": (
        "ads/ads_report", REPORT[REPORT.index("        SELECT"):REPORT.index("    \"\"\",")],
        """        WITH sellers AS (
            SELECT dt, currency, buyer_count AS buyers FROM dws_seller
            WHERE dt >= :start AND dt < :end
        )
        SELECT currency, SUM(buyers) AS gmv, 1 AS line_value, dt FROM sellers GROUP BY currency, dt
""", "SUM(buyers)", ["buyer_count is non-additive"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_file_line_and_what_to_do(
    mistake: str, write_warehouse: WriteWarehouse
) -> None:
    place, old, new, on_line, words = MISTAKES[mistake]
    module = changed(WAREHOUSE[place], old, new)
    with pytest.raises(LoadError) as raised:
        write_warehouse({**WAREHOUSE, place: module})
    text = str(raised.value)
    name = place.split("/")[1]
    assert f"{place}.py:{line_of(module, on_line)}: {name}: " in text
    for word in words:
        assert word in text


MIXED = """        WITH paid AS (
            SELECT l.paid_date AS dt, l.currency, MEASURE(gmv, paid) AS paid_gmv
            FROM dwd_line AS l
            WHERE l.paid_date >= :start AND l.paid_date < :end
            GROUP BY l.paid_date, l.currency
        ),
        ordered AS (
            SELECT s.dt, s.currency, MEASURE(gmv) AS gmv
            FROM dws_seller AS s
            WHERE s.dt >= :start AND s.dt < :end
            GROUP BY s.dt, s.currency
        )
        SELECT
            o.currency,
            FIGURE AS gmv,
            NULL AS line_value,
            o.dt
        FROM ordered AS o
        LEFT JOIN paid AS p ON p.dt = o.dt AND p.currency = o.currency
"""


def mixed(figure: str, column: str) -> dict[str, str]:
    start, end = REPORT.index("        SELECT"), REPORT.index('    """,')
    module = REPORT[:start] + MIXED.replace("FIGURE", figure) + REPORT[end:]
    module = changed(module, 'gmv: Money = measure("gmv")', f"gmv: Money = {column}")
    module = changed(module, "reads={", 'reads={"dwd_line": trailing(days=9), ')
    return {**WAREHOUSE, "ads/ads_report": module}


def test_a_figure_does_not_mix_what_is_counted_by_different_dates(
    write_warehouse: WriteWarehouse,
) -> None:
    modules = mixed("o.gmv - COALESCE(p.paid_gmv, 0)", 'column("Ordered less paid", null=True)')
    with pytest.raises(LoadError) as raised:
        write_warehouse(modules)
    text = str(raised.value)
    line = line_of(modules["ads/ads_report"], "o.gmv - ")
    assert f"ads_report.py:{line}: ads_report: column gmv mixes" in text
    assert "counted by ordered and paid" in text


def test_a_column_carries_a_metric_by_the_date_it_says(write_warehouse: WriteWarehouse) -> None:
    with pytest.raises(LoadError, match="counted by paid here and by ordered in the contract"):
        write_warehouse(mixed("COALESCE(p.paid_gmv, 0)", 'measure("gmv")'))
    write_warehouse(mixed("COALESCE(p.paid_gmv, 0)", 'measure("gmv", by="paid")'))


def test_figures_by_different_dates_stand_side_by_side(write_warehouse: WriteWarehouse) -> None:
    write_warehouse(mixed("o.gmv", 'measure("gmv")'))


def test_a_level_is_not_summed_up_over_time(write_warehouse: WriteWarehouse) -> None:
    modules = {**WAREHOUSE, "fact/dws_stock": STOCK_SUMMARY, "ads/ads_stock": STOCK_REPORT}
    write_warehouse(modules)
    modules["ads/ads_stock"] = changed(STOCK_REPORT, "GROUP BY dt", "GROUP BY sku_id")
    with pytest.raises(LoadError) as raised:
        write_warehouse(modules)
    assert "stock_quantity is semi-additive and must not be summed up over dt" in str(raised.value)
    assert "Group by dt as well." in str(raised.value)


def test_the_sound_warehouse_loads(write_warehouse: WriteWarehouse) -> None:
    assert "ads_report" in write_warehouse(WAREHOUSE).tables


# (what is there, what is written instead, the metric that is named, words of the error)
WRONG_METRICS = {
    "fact that does not exist": (
        'over="dwd_stock"', 'over="dwd_stok"', "stock_quantity",
        ["is over dwd_stok, which does not exist", "Did you mean dwd_stock?"],
    ),
    "unknown column": (
        '"SUM(pay_amount)"', '"SUM(paid_amount)"', "gmv", ["paid_amount", "Did you mean"],
    ),
    "no aggregate": ('"SUM(pay_amount)"', '"pay_amount"', "gmv", ["pay_amount"]),
    "no SQL": ('"SUM(pay_amount)"', '"SUM(pay_amount"', "gmv", ["SUM(pay_amount"]),
    "not portable": ('"SUM(pay_amount)"', '"SUM(pay_amount) / 2"', "gmv", ["divide_money"]),
    "unit": (
        '"SUM(back_amount)", over="dwd_line", unit="money"',
        '"SUM(back_amount)", over="dwd_line", unit="count"', "refund_amount",
        ["SUM(back_amount) is DECIMAL(38,2), and count is BIGINT"],
    ),
    "date that is no column": ('"paid_date"', '"pay_date"', "gmv", ["no column pay_date"]),
    "date that is no date": ('"paid_date"', '"user_id"', "gmv", ["user_id is BIGINT, no date"]),
    "money without currency": (
        'over="dwd_stock", unit="quantity"', 'over="dwd_stock", unit="money"', "stock_quantity",
        ["dwd_stock has no currency"],
    ),
    "distinct things that are added up": (
        'additivity="non-additive"', 'additivity="additive"', "buyer_count",
        ["counts distinct things and is declared additive"],
    ),
    "ratio of nothing": ('whole="line_count"', 'whole="lines"', "line_value",
                         ["there is no metric lines", "Did you mean line_count?"]),
    "ratio of a ratio": ('whole="line_count"', 'whole="refund_rate"', "line_value",
                         ["refund_rate is a ratio itself"]),
    "ratio of two dates that says neither": (
        'counted_by=("refunded", "paid"), ', "", "refund_rate",
        ["refund_amount is counted by refunded and gmv by ordered, paid",
         'counted_by=("refunded", "ordered")'],
    ),
    "ratio by a date that its part has not": (
        '("refunded", "paid")', '("paid", "paid")', "refund_rate",
        ["refund_amount is counted by refunded, not by paid"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", WRONG_METRICS)
def test_a_wrong_metric_is_named_with_its_line(
    mistake: str, write_warehouse: WriteWarehouse
) -> None:
    old, new, name, words = WRONG_METRICS[mistake]
    module = changed(METRICS, old, new)
    with pytest.raises(LoadError) as raised:
        write_warehouse({**WAREHOUSE, "metrics/shop": module})
    text = str(raised.value)
    assert "metrics/shop.py:" in text
    assert f": {name}: " in text
    for word in words:
        assert word in text


def test_a_metric_has_one_home(write_warehouse: WriteWarehouse) -> None:
    with pytest.raises(LoadError, match="gmv: the name is taken by"):
        write_warehouse({**WAREHOUSE, "metrics/again": METRICS})


def test_a_module_of_metrics_that_fails_names_its_line(write_warehouse: WriteWarehouse) -> None:
    module = changed(METRICS, "ratio(", "ratoi(")
    with pytest.raises(LoadError) as raised:
        write_warehouse({**WAREHOUSE, "metrics/shop": module})
    assert f"metrics/shop.py:{line_of(module, 'ratoi(')}: " in str(raised.value)
