"""One row per order, on the business date it was placed, as known three days later.

An order's time of placing never changes. Its newest version delivered within three days counts;
later ones are reported by ods_order.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    must,
    partition,
    ref,
    should,
    table,
)


class DwdOrder(Contract):
    """Orders, priced as the buyer was charged."""

    order_no: Text = key("Order, unique in the order center")
    user_id: Integer = ref("dim_user", "Buyer")
    order_status: Text = column("Where the order stands: created, paid, shipped, ...")
    ordered_at: Timestamp = column("When the order was placed")
    paid_at: Timestamp = column("When the money was captured", null=True)
    cancelled_at: Timestamp = column("When the order was cancelled", null=True)
    shipped_at: Timestamp = column("When the order was handed to the carrier", null=True)
    delivered_at: Timestamp = column("When the order reached the buyer", null=True)
    goods_amount: Money = column("Price of the goods before discount")
    discount_amount: Money = column("Discount granted")
    shipping_amount: Money = column("Shipping charged")
    payable_amount: Money = column("What the buyer is to pay: goods - discount + shipping", ge=0)
    line_count: Integer = column("Number of order lines")
    line_pay_amount: Money = column("Sum of the lines in the order's currency")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    dt: Day = partition("Business date the order was placed")


dwd_order = table(
    DwdOrder,
    owner="team:trade",
    reads={"ods_order": following(days=3), "ods_order_item": following(days=3)},
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[
        must(
            "payable_adds_up", "payable_amount = goods_amount - discount_amount + shipping_amount"
        ),
        should("has_lines", "line_count > 0"),
        should("lines_sum_to_order", "line_count = 0 OR line_pay_amount = payable_amount"),
        should(
            "events_in_order",
            "paid_at >= ordered_at AND shipped_at >= paid_at AND delivered_at >= shipped_at",
        ),
        should("cancelled_has_time", "order_status <> 'cancelled' OR cancelled_at IS NOT NULL"),
        should(
            "cancelled_stays", "cancelled_at IS NULL OR COALESCE(shipped_at, delivered_at) IS NULL"
        ),
    ],
    sql="""
        WITH orders AS (
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
                o.shipping_amount,
                o.payable_amount,
                o.currency,
                business_date(o.ordered_at) AS ordered_date
            FROM ods_order AS o
            WHERE business_date(o.ordered_at) >= :start
                AND business_date(o.ordered_at) < :end
                AND o.dt >= business_date(o.ordered_at)
                AND o.dt <= business_date(o.ordered_at) + INTERVAL 3 DAY
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY o.order_no, business_date(o.ordered_at)
                ORDER BY o.updated_at DESC, o.dt DESC, o.source_file DESC, o.source_line DESC
            ) = 1
        ),
        lines AS (
            SELECT
                i.order_no,
                o.ordered_date,
                CASE WHEN i.currency = o.currency THEN i.pay_amount ELSE 0 END AS pay_amount
            FROM orders AS o
            JOIN ods_order_item AS i
                ON i.order_no = o.order_no
                AND i.dt >= o.ordered_date
                AND i.dt <= o.ordered_date + INTERVAL 3 DAY
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY i.order_no, i.line_no, o.ordered_date
                ORDER BY i.updated_at DESC, i.dt DESC, i.source_file DESC, i.source_line DESC
            ) = 1
        ),
        line_totals AS (
            SELECT
                order_no,
                ordered_date,
                COUNT(*) AS line_count,
                SUM(pay_amount) AS line_pay_amount
            FROM lines
            GROUP BY order_no, ordered_date
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
            o.shipping_amount,
            o.payable_amount,
            COALESCE(t.line_count, 0) AS line_count,
            COALESCE(t.line_pay_amount, 0) AS line_pay_amount,
            o.currency,
            o.ordered_date AS dt
        FROM orders AS o
        LEFT JOIN line_totals AS t ON t.order_no = o.order_no AND t.ordered_date = o.ordered_date
    """,
)
