"""One row per business date and currency: what was ordered, paid, given back and settled.

Each figure counts on the day of its own event, so a day may have the one without the other.
Cancelled orders are in every figure of what was ordered; their number is beside.
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
    must,
    partition,
    same_day,
    served,
    should,
    table,
)


class DwsFinancial1d(Contract):
    """The platform's day in one currency."""

    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = measure("order_count", ge=0)
    cancelled_order_count: Integer = measure("cancelled_order_count", ge=0)
    buyer_count: Integer = measure("buyer_count", ge=0)
    repeat_buyer_count: Integer = measure("repeat_buyer_count", ge=0)
    line_count: Integer = measure("line_count", ge=0)
    sold_quantity: Integer = measure("sold_quantity")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    shipping_amount: Money = measure("shipping_amount")
    gmv: Money = measure("gmv")
    payment_count: Integer = measure("payment_count", ge=0)
    paid_amount: Money = measure("paid_amount")
    refund_count: Integer = measure("refund_count", ge=0)
    refund_amount: Money = measure("refund_amount")
    coupon_cost: Money = measure("coupon_cost")
    settled_line_count: Integer = measure("settled_line_count", ge=0)
    settled_amount: Money = measure("settled_amount")
    commission: Money = measure("commission")
    platform_subsidy: Money = measure("platform_subsidy")
    seller_payable: Money = measure("seller_payable")
    channel_fee: Money = measure("channel_fee")
    net_revenue: Money = measure("net_revenue")
    platform_margin: Money = measure("platform_margin")
    invoice_amount: Money = measure("invoice_amount")
    dt: Day = partition("Business date of the events")


dws_financial_1d = table(
    DwsFinancial1d,
    owner="team:finance",
    reads={
        "dwd_order": same_day(),
        "dws_user_1d": same_day(),
        "dwd_order_detail": same_day(),
        "dwd_payment": same_day(),
        "dwd_refund": same_day(),
        "dwd_coupon_use": same_day(),
        "dwd_settlement_item": same_day(),
        "dwd_channel_bill": same_day(),
        "dwd_financial": same_day(),
        "dwd_invoice": same_day(),
    },
    freshness=by("05:00"),
    serving=served(),
    checks=[
        must("counts_fit", "cancelled_order_count <= order_count AND buyer_count <= order_count"),
        must("repeat_buyers_buy", "repeat_buyer_count <= buyer_count"),
        should(
            "gmv_adds_up", "gmv = buyer_payable(goods_amount, discount_amount, shipping_amount)"
        ),
    ],
    sql="""
        WITH orders AS (
            SELECT
                dt,
                currency,
                MEASURE(order_count) AS order_count,
                MEASURE(cancelled_order_count) AS cancelled_order_count,
                MEASURE(buyer_count) AS buyer_count
            FROM dwd_order
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        users AS (
            SELECT
                dt,
                currency,
                MEASURE(repeat_buyer_count) AS repeat_buyer_count
            FROM dws_user_1d
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        lines AS (
            SELECT
                dt,
                currency,
                MEASURE(line_count) AS line_count,
                MEASURE(sold_quantity) AS sold_quantity,
                MEASURE(goods_amount) AS goods_amount,
                MEASURE(discount_amount) AS discount_amount,
                MEASURE(shipping_amount) AS shipping_amount,
                MEASURE(gmv) AS gmv
            FROM dwd_order_detail
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        payments AS (
            SELECT
                dt,
                currency,
                MEASURE(payment_count) AS payment_count,
                MEASURE(paid_amount) AS paid_amount
            FROM dwd_payment
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        refunds AS (
            SELECT
                dt,
                currency,
                MEASURE(refund_count) AS refund_count,
                MEASURE(refund_amount) AS refund_amount
            FROM dwd_refund
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        coupons AS (
            SELECT
                dt,
                currency,
                MEASURE(coupon_cost) AS coupon_cost
            FROM dwd_coupon_use
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        settled AS (
            SELECT
                dt,
                currency,
                MEASURE(settled_line_count) AS settled_line_count,
                MEASURE(settled_amount) AS settled_amount,
                MEASURE(commission) AS commission,
                MEASURE(platform_subsidy) AS platform_subsidy,
                MEASURE(seller_payable) AS seller_payable
            FROM dwd_settlement_item
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        bills AS (
            SELECT
                dt,
                currency,
                MEASURE(channel_fee) AS channel_fee
            FROM dwd_channel_bill
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        money AS (
            SELECT
                dt,
                currency,
                MEASURE(net_revenue) AS net_revenue,
                MEASURE(platform_margin) AS platform_margin
            FROM dwd_financial
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        invoices AS (
            SELECT
                dt,
                currency,
                MEASURE(invoice_amount) AS invoice_amount
            FROM dwd_invoice
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        traded AS (
            SELECT dt, currency FROM orders
            UNION
            SELECT dt, currency FROM users
            UNION
            SELECT dt, currency FROM lines
            UNION
            SELECT dt, currency FROM payments
            UNION
            SELECT dt, currency FROM refunds
            UNION
            SELECT dt, currency FROM coupons
            UNION
            SELECT dt, currency FROM settled
            UNION
            SELECT dt, currency FROM bills
            UNION
            SELECT dt, currency FROM money
            UNION
            SELECT dt, currency FROM invoices
        )
        SELECT
            t.currency,
            COALESCE(o.order_count, 0) AS order_count,
            COALESCE(o.cancelled_order_count, 0) AS cancelled_order_count,
            COALESCE(o.buyer_count, 0) AS buyer_count,
            COALESCE(u.repeat_buyer_count, 0) AS repeat_buyer_count,
            COALESCE(l.line_count, 0) AS line_count,
            COALESCE(l.sold_quantity, 0) AS sold_quantity,
            COALESCE(l.goods_amount, 0) AS goods_amount,
            COALESCE(l.discount_amount, 0) AS discount_amount,
            COALESCE(l.shipping_amount, 0) AS shipping_amount,
            COALESCE(l.gmv, 0) AS gmv,
            COALESCE(p.payment_count, 0) AS payment_count,
            COALESCE(p.paid_amount, 0) AS paid_amount,
            COALESCE(r.refund_count, 0) AS refund_count,
            COALESCE(r.refund_amount, 0) AS refund_amount,
            COALESCE(c.coupon_cost, 0) AS coupon_cost,
            COALESCE(s.settled_line_count, 0) AS settled_line_count,
            COALESCE(s.settled_amount, 0) AS settled_amount,
            COALESCE(s.commission, 0) AS commission,
            COALESCE(s.platform_subsidy, 0) AS platform_subsidy,
            COALESCE(s.seller_payable, 0) AS seller_payable,
            COALESCE(b.channel_fee, 0) AS channel_fee,
            COALESCE(m.net_revenue, 0) AS net_revenue,
            COALESCE(m.platform_margin, 0) AS platform_margin,
            COALESCE(i.invoice_amount, 0) AS invoice_amount,
            t.dt
        FROM traded AS t
        LEFT JOIN orders AS o ON o.dt = t.dt AND o.currency = t.currency
        LEFT JOIN users AS u ON u.dt = t.dt AND u.currency = t.currency
        LEFT JOIN lines AS l ON l.dt = t.dt AND l.currency = t.currency
        LEFT JOIN payments AS p ON p.dt = t.dt AND p.currency = t.currency
        LEFT JOIN refunds AS r ON r.dt = t.dt AND r.currency = t.currency
        LEFT JOIN coupons AS c ON c.dt = t.dt AND c.currency = t.currency
        LEFT JOIN settled AS s ON s.dt = t.dt AND s.currency = t.currency
        LEFT JOIN bills AS b ON b.dt = t.dt AND b.currency = t.currency
        LEFT JOIN money AS m ON m.dt = t.dt AND m.currency = t.currency
        LEFT JOIN invoices AS i ON i.dt = t.dt AND i.currency = t.currency
    """,
)
