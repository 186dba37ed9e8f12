"""One row per order, on the business date it was placed, as known three days later.

An order's time of placing never changes. Its latest version delivered within three days counts;
later ones are reported by ods_order.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdOrder(m.Contract):
    """Orders, priced as the buyer was charged."""

    order_no: m.Text = m.key(v.order_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    order_status: m.Text = m.column(v.order_status)
    ordered_at: m.Timestamp = m.column(v.ordered_at)
    paid_at: m.Timestamp = m.column(v.paid_at, null=True)
    cancelled_at: m.Timestamp = m.column(v.cancelled_at, null=True)
    shipped_at: m.Timestamp = m.column(v.shipped_at, null=True)
    delivered_at: m.Timestamp = m.column(v.delivered_at, null=True)
    goods_amount: m.Money = m.column(v.goods_amount)
    discount_amount: m.Money = m.column(v.discount_amount)
    coupon_amount: m.Money = m.column(v.coupon_amount)
    points_used: m.Integer = m.column(v.points_used)
    points_amount: m.Money = m.column(v.points_amount)
    shipping_amount: m.Money = m.column(v.shipping_amount)
    payable_amount: m.Money = m.column(v.payable_amount)
    line_count: m.Integer = m.column(v.line_count)
    line_pay_amount: m.Money = m.column("Sum of the lines in the order's currency")
    currency: m.Text = m.column(v.currency)
    shard_database: m.Integer = m.column(v.shard_database)
    shard_table: m.Integer = m.column(v.shard_table)
    dt: m.Day = m.partition(v.ordered_date)


dwd_order = m.table(
    DwdOrder,
    owner="team:trade",
    reads={"ods_order": m.latest(c.delivery_window), "ods_order_item": m.latest(c.delivery_window)},
    sort_by=("order_no",),
    checks=[
        m.check(
            "payable_adds_up",
            "payable_amount = buyer_payable(goods_amount, discount_amount, shipping_amount)",
            warn=True,
        ),
        m.check("has_lines", "line_count > 0", warn=True),
        m.check(
            "lines_sum_to_order", "line_count = 0 OR line_pay_amount = payable_amount", warn=True
        ),
        m.check(
            "events_in_order",
            "paid_at >= ordered_at AND shipped_at >= paid_at AND delivered_at >= shipped_at",
            warn=True,
        ),
        m.check(
            "cancelled_has_time",
            "order_status <> 'cancelled' OR cancelled_at IS NOT NULL",
            warn=True,
        ),
        m.check(
            "cancelled_stays",
            "cancelled_at IS NULL OR COALESCE(shipped_at, delivered_at) IS NULL",
            warn=True,
        ),
    ],
    sql="""
        WITH orders AS (
            SELECT
                order_no,
                user_id,
                order_status,
                ordered_at,
                paid_at,
                cancelled_at,
                shipped_at,
                delivered_at,
                goods_amount,
                discount_amount,
                coupon_amount,
                points_used,
                points_amount,
                shipping_amount,
                payable_amount,
                currency,
                shard_database,
                shard_table,
                dt
            FROM ods_order
            WHERE dt >= :start AND dt < :end
        ),
        line_totals AS (
            SELECT
                o.order_no,
                o.dt,
                COUNT(*) AS line_count,
                SUM(CASE WHEN i.currency = o.currency THEN i.pay_amount ELSE 0 END)
                    AS line_pay_amount
            FROM orders AS o
            JOIN ods_order_item AS i ON i.order_no = o.order_no AND i.dt = o.dt
            GROUP BY o.order_no, o.dt
        )
        SELECT
            o.order_no,
            o.user_id,
            o.order_status,
            o.ordered_at,
            o.paid_at,
            o.cancelled_at,
            o.shipped_at,
            o.delivered_at,
            o.goods_amount,
            o.discount_amount,
            o.coupon_amount,
            o.points_used,
            o.points_amount,
            o.shipping_amount,
            o.payable_amount,
            COALESCE(t.line_count, 0) AS line_count,
            COALESCE(t.line_pay_amount, 0) AS line_pay_amount,
            o.currency,
            o.shard_database,
            o.shard_table,
            o.dt
        FROM orders AS o
        LEFT JOIN line_totals AS t ON t.order_no = o.order_no AND t.dt = o.dt
    """,
)
