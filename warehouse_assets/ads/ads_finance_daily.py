"""One row per business date and currency: the finance team's day.

Each figure counts on the day of its own event: placed, captured, given back, settled. A figure
of the day before is missing where that day had no trade in the currency.
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
    materialized_view,
    measure,
    partition,
    served,
    table,
    trailing,
)


class AdsFinanceDaily(Contract):
    """The day's headline figures in one currency."""

    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = measure("order_count", ge=0)
    cancelled_order_count: Integer = measure("cancelled_order_count", ge=0)
    buyer_count: Integer = measure("buyer_count", ge=0)
    gmv: Money = measure("gmv")
    discount_amount: Money = measure("discount_amount")
    discount_rate: Rate = measure("discount_rate")
    average_order_value: Money = measure("average_order_value")
    payment_count: Integer = measure("payment_count", ge=0)
    paid_amount: Money = measure("paid_amount")
    previous_paid_amount: Money = column("Money captured the day before", null=True)
    paid_change_amount: Money = column("Money captured, less that of the day before", null=True)
    refund_amount: Money = measure("refund_amount")
    refund_rate: Rate = measure("refund_rate")
    net_revenue: Money = measure("net_revenue")
    settled_amount: Money = measure("settled_amount")
    commission: Money = measure("commission")
    take_rate: Rate = measure("take_rate")
    dt: Day = partition("Business date of the events")


ads_finance_daily = table(
    AdsFinanceDaily,
    owner="team:finance",
    reads={"dws_financial_1d": trailing(days=2)},
    freshness=by("06:00"),
    serving=served(view=materialized_view(sort_by=("currency",))),
    sql="""
        SELECT
            today.currency,
            today.order_count,
            today.cancelled_order_count,
            today.buyer_count,
            today.gmv,
            today.discount_amount,
            MEASURE(today.discount_rate) AS discount_rate,
            MEASURE(today.average_order_value) AS average_order_value,
            today.payment_count,
            today.paid_amount,
            yesterday.paid_amount AS previous_paid_amount,
            today.paid_amount - yesterday.paid_amount AS paid_change_amount,
            today.refund_amount,
            MEASURE(today.refund_rate) AS refund_rate,
            today.net_revenue,
            today.settled_amount,
            today.commission,
            MEASURE(today.take_rate) AS take_rate,
            today.dt
        FROM dws_financial_1d AS today
        LEFT JOIN dws_financial_1d AS yesterday
            ON yesterday.currency = today.currency
            AND yesterday.dt = today.dt - INTERVAL 1 DAY
        WHERE today.dt >= :start AND today.dt < :end
    """,
)
