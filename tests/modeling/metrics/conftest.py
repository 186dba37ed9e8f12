"""A small warehouse with metrics, written as people write it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.settings import load_settings
from tests.modeling.conftest import HEADER, ORDERS, WriteWarehouse, write_warehouse
from tests.modeling.metrics.small_lake import DAYS, fill_lake
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

__all__ = [
    "LINES",
    "METRICS",
    "ORDERS",
    "REPORT",
    "STOCK",
    "STOCK_REPORT",
    "STOCK_SUMMARY",
    "SUMMARY",
    "WriteWarehouse",
    "write_warehouse",
]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A lake of made-up facts and the summaries of them."""
    home = tmp_path_factory.mktemp("metrics") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGERLAKE_HOME", str(home))
        patch.setenv("LEDGERLAKE_FIRST_DATE", DAYS.start.isoformat())
        fill_lake(load_warehouse(), load_settings())
        yield home


METRICS = """
from warehouse_assets.modeling import metric, ratio

gmv = metric("Ordered", "SUM(pay_amount)", over="dwd_line", unit="money",
             dates={"ordered": "dt", "paid": "paid_date"}, owner="team:trade")
refund_amount = metric("Refunded", "SUM(back_amount)", over="dwd_line", unit="money",
                       dates={"refunded": "refunded_date"}, owner="team:payment")
line_count = metric("Lines", "COUNT(*)", over="dwd_line", unit="count",
                    dates={"ordered": "dt"}, owner="team:trade")
buyer_count = metric("Buyers", "COUNT(DISTINCT user_id)", over="dwd_line", unit="count",
                     additivity="non-additive", dates={"ordered": "dt"}, owner="team:user")
stock_quantity = metric("In stock", "SUM(quantity)", over="dwd_stock", unit="quantity",
                        additivity="semi-additive", dates={"day": "dt"}, owner="team:trade")
line_value = ratio("Ordered a line", part="gmv", whole="line_count", unit="money",
                   owner="team:trade")
refund_rate = ratio("Refunded of what was ordered", part="refund_amount", whole="gmv",
                    counted_by=("refunded", "paid"), owner="team:trade")
"""

LINES = (
    HEADER
    + '''
class DwdLine(Contract):
    order_no: Text = key("Order number")
    seller_id: Integer = column("Seller")
    user_id: Integer = column("Buyer")
    pay_amount: Money = column("Charged")
    back_amount: Money = column("Refunded")
    currency: Text = column("Currency")
    paid_date: Day = column("Day of payment")
    refunded_date: Day = column("Day of refund")
    dt: Day = partition("Day of the order")

dwd_line = table(
    DwdLine,
    owner="team:trade",
    reads={"ods_order": same_day()},
    sql="""
        SELECT o.order_no, 1 AS seller_id, 1 AS user_id, o.pay_amount, o.pay_amount AS back_amount,
            'CNY' AS currency, o.dt AS paid_date, o.dt AS refunded_date, o.dt
        FROM ods_order AS o
        WHERE o.dt >= :start AND o.dt < :end
    """,
)
'''
)

STOCK = (
    HEADER
    + '''
class DwdStock(Contract):
    sku_id: Integer = key("SKU")
    quantity: Integer = column("Units")
    dt: Day = partition("Day")

dwd_stock = table(
    DwdStock,
    owner="team:trade",
    reads={"ods_order": same_day()},
    sql="""
        SELECT 1 AS sku_id, 1 AS quantity, o.dt
        FROM ods_order AS o
        WHERE o.dt >= :start AND o.dt < :end
    """,
)
'''
)

SUMMARY = (
    HEADER
    + '''
class DwsSeller(Contract):
    seller_id: Integer = key("Seller")
    currency: Text = key("Currency")
    gmv: Money = measure("gmv", ge=0)
    line_count: Integer = measure("line_count")
    buyer_count: Integer = measure("buyer_count")
    dt: Day = partition("Day of the orders")

dws_seller = table(
    DwsSeller,
    owner="team:trade",
    reads={"dwd_line": same_day()},
    sql="""
        SELECT
            l.seller_id,
            l.currency,
            MEASURE(gmv) AS gmv,
            MEASURE(line_count) AS line_count,
            MEASURE(buyer_count) AS buyer_count,
            l.dt
        FROM dwd_line AS l
        WHERE l.dt >= :start AND l.dt < :end
        GROUP BY l.seller_id, l.currency, l.dt
    """,
)
'''
)


REPORT = (
    HEADER
    + '''
class AdsReport(Contract):
    currency: Text = key("Currency")
    gmv: Money = measure("gmv")
    line_value: Money = measure("line_value")
    dt: Day = partition("Day of the orders")

ads_report = table(
    AdsReport,
    owner="team:trade",
    reads={"dws_seller": trailing(days=2)},
    sql="""
        SELECT
            s.currency,
            MEASURE(gmv) AS gmv,
            MEASURE(line_value) AS line_value,
            s.dt
        FROM dws_seller AS s
        WHERE s.dt >= :start AND s.dt < :end
        GROUP BY s.currency, s.dt
    """,
)
'''
)

STOCK_SUMMARY = (
    HEADER
    + '''
class DwsStock(Contract):
    sku_id: Integer = key("SKU")
    stock_quantity: Integer = measure("stock_quantity")
    dt: Day = partition("Day")

dws_stock = table(
    DwsStock,
    owner="team:trade",
    reads={"dwd_stock": same_day()},
    sql="""
        SELECT sku_id, MEASURE(stock_quantity) AS stock_quantity, dt
        FROM dwd_stock
        WHERE dt >= :start AND dt < :end
        GROUP BY sku_id, dt
    """,
)
'''
)

STOCK_REPORT = (
    HEADER
    + '''
class AdsStock(Contract):
    stock_quantity: Integer = measure("stock_quantity")
    dt: Day = partition("Day")

ads_stock = table(
    AdsStock,
    owner="team:trade",
    reads={"dws_stock": same_day()},
    sql="""
        SELECT MEASURE(stock_quantity) AS stock_quantity, MAX(dt) AS dt
        FROM dws_stock
        WHERE dt >= :start AND dt < :end
        GROUP BY dt
    """,
)
'''
)
