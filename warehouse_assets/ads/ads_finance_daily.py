"""One row per business date and currency: the finance team's day.

Each figure counts on the day of its own event: placed, captured, given back, settled. A figure
of the day before is missing where that day had no trade in the currency.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsFinanceDaily(m.Contract):
    """The day's headline figures in one currency."""

    currency: m.Text = m.key(v.currency)
    order_count: m.Integer = m.measure("order_count", ge=0)
    cancelled_order_count: m.Integer = m.measure("cancelled_order_count", ge=0)
    buyer_count: m.Integer = m.measure("buyer_count", ge=0)
    gmv: m.Money = m.measure("gmv")
    discount_amount: m.Money = m.measure("discount_amount")
    discount_rate: m.Rate = m.measure("discount_rate")
    average_order_value: m.Money = m.measure("average_order_value")
    payment_count: m.Integer = m.measure("payment_count", ge=0)
    paid_amount: m.Money = m.measure("paid_amount")
    previous_paid_amount: m.Money = m.column("Money captured the day before", null=True)
    paid_change_amount: m.Money = m.column("Money captured, less that of the day before", null=True)
    refund_amount: m.Money = m.measure("refund_amount")
    refund_rate: m.Rate = m.measure("refund_rate")
    net_revenue: m.Money = m.measure("net_revenue")
    settled_amount: m.Money = m.measure("settled_amount")
    commission: m.Money = m.measure("commission")
    take_rate: m.Rate = m.measure("take_rate")
    dt: m.Day = m.partition(v.dt_events)


ads_finance_daily = m.table(
    AdsFinanceDaily,
    owner="team:finance",
    reads={"dws_financial_1d": m.trailing(days=2)},
    closes_with_books=True,
    serving=m.served(view=m.materialized_view(sort_by=("currency",))),
    sql=m.select_from(
        "dws_financial_1d",
        columns={
            "discount_rate": "MEASURE(dws_financial_1d.discount_rate)",
            "average_order_value": "MEASURE(dws_financial_1d.average_order_value)",
            "previous_paid_amount": "yesterday.paid_amount",
            "paid_change_amount": "dws_financial_1d.paid_amount - yesterday.paid_amount",
            "refund_rate": "MEASURE(dws_financial_1d.refund_rate)",
            "take_rate": "MEASURE(dws_financial_1d.take_rate)",
        },
        join="""
            LEFT JOIN dws_financial_1d AS yesterday
                ON yesterday.currency = dws_financial_1d.currency
                AND yesterday.dt = dws_financial_1d.dt - INTERVAL 1 DAY
        """,
    ),
)
