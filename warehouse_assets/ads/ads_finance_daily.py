"""One row per business date and currency: the finance team's day.

A figure of the day before is missing where that day had no trade in the currency.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Rate,
    Text,
    by,
    column,
    key,
    partition,
    table,
    trailing,
)


class AdsFinanceDaily(Contract):
    """The day's headline figures in one currency."""

    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = column("Orders placed", ge=0)
    cancelled_order_count: Integer = column("Orders placed that were cancelled", ge=0)
    buyer_count: Integer = column("Users who placed an order", ge=0)
    gmv_amount: Money = column("What buyers are to pay for the orders placed")
    discount_amount: Money = column("Discount granted")
    discount_rate: Rate = column("Discount as a share of the goods' price", null=True)
    average_order_value_amount: Money = column("GMV an order, to the cent", null=True)
    payment_count: Integer = column("Payments captured", ge=0)
    paid_amount: Money = column("Money captured")
    previous_paid_amount: Money = column("Money captured the day before", null=True)
    paid_change_amount: Money = column("Money captured, less that of the day before", null=True)
    dt: Day = partition("Business date of the orders placed and of the money captured")


ads_finance_daily = table(
    AdsFinanceDaily,
    owner="team:finance",
    reads={"dws_financial_1d": trailing(days=2)},
    freshness=by("06:00"),
    sql="""
        SELECT
            today.currency,
            today.order_count,
            today.cancelled_order_count,
            today.buyer_count,
            today.gmv_amount,
            today.discount_amount,
            divide_rate(today.discount_amount, today.goods_amount) AS discount_rate,
            divide_money(today.gmv_amount, today.order_count) AS average_order_value_amount,
            today.payment_count,
            today.paid_amount,
            yesterday.paid_amount AS previous_paid_amount,
            today.paid_amount - yesterday.paid_amount AS paid_change_amount,
            today.dt
        FROM dws_financial_1d AS today
        LEFT JOIN dws_financial_1d AS yesterday
            ON yesterday.currency = today.currency
            AND yesterday.dt = today.dt - INTERVAL 1 DAY
        WHERE today.dt >= :start AND today.dt < :end
    """,
)
