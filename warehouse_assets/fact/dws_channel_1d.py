"""One row per payment method, business date and currency: what was paid, given back and billed.

Each channel is a payment method. The wallet, which is the platform's own, is one that nobody
bills.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    by,
    key,
    measure,
    partition,
    same_day,
    served,
    table,
)


class DwsChannel1d(Contract):
    """A payment method's day in one currency."""

    payment_method: Text = key("How the buyer paid: card, wallet, voucher, ...")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    payment_count: Integer = measure("payment_count", ge=0)
    paid_amount: Money = measure("paid_amount")
    refund_count: Integer = measure("refund_count", ge=0)
    refund_amount: Money = measure("refund_amount")
    billed_amount: Money = measure("billed_amount")
    billed_refund_amount: Money = measure("billed_refund_amount")
    channel_fee: Money = measure("channel_fee")
    dt: Day = partition("Business date of the money captured and given back")


dws_channel_1d = table(
    DwsChannel1d,
    owner="team:payment",
    reads={
        "dwd_payment": same_day(),
        "dwd_refund": same_day(),
        "dwd_channel_bill": same_day(),
    },
    freshness=by("05:00"),
    serving=served(),
    sql="""
        WITH payments AS (
            SELECT
                dt,
                payment_method,
                currency,
                MEASURE(payment_count) AS payment_count,
                MEASURE(paid_amount) AS paid_amount
            FROM dwd_payment
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, payment_method, currency
        ),
        refunds AS (
            SELECT
                dt,
                payment_method,
                currency,
                MEASURE(refund_count) AS refund_count,
                MEASURE(refund_amount) AS refund_amount
            FROM dwd_refund
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, payment_method, currency
        ),
        bills AS (
            SELECT
                dt,
                channel AS payment_method,
                currency,
                MEASURE(billed_amount) AS billed_amount,
                MEASURE(billed_refund_amount) AS billed_refund_amount,
                MEASURE(channel_fee) AS channel_fee
            FROM dwd_channel_bill
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, channel, currency
        ),
        traded AS (
            SELECT dt, payment_method, currency FROM payments
            UNION
            SELECT dt, payment_method, currency FROM refunds
            UNION
            SELECT dt, payment_method, currency FROM bills
        )
        SELECT
            t.payment_method,
            t.currency,
            COALESCE(p.payment_count, 0) AS payment_count,
            COALESCE(p.paid_amount, 0) AS paid_amount,
            COALESCE(r.refund_count, 0) AS refund_count,
            COALESCE(r.refund_amount, 0) AS refund_amount,
            COALESCE(b.billed_amount, 0) AS billed_amount,
            COALESCE(b.billed_refund_amount, 0) AS billed_refund_amount,
            COALESCE(b.channel_fee, 0) AS channel_fee,
            t.dt
        FROM traded AS t
        LEFT JOIN payments AS p
            ON p.dt = t.dt AND p.payment_method = t.payment_method AND p.currency = t.currency
        LEFT JOIN refunds AS r
            ON r.dt = t.dt AND r.payment_method = t.payment_method AND r.currency = t.currency
        LEFT JOIN bills AS b
            ON b.dt = t.dt AND b.payment_method = t.payment_method AND b.currency = t.currency
    """,
)
