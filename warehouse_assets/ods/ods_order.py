"""One row per order and delivery: each order created or changed, as the order center had it.

An order may be delivered any number of times; dwd_order takes its latest version.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsOrder(m.DeliveredContract):
    """The order center's change log of orders."""

    order_no: m.Text = m.column(v.order_no)
    user_id: m.Integer = m.column(v.user_id)
    order_status: m.Text = m.column(
        v.order_status, isin=["created", "paid", "shipped", "delivered", "cancelled", "unavailable"]
    )
    ordered_at: m.Timestamp = m.column(v.ordered_at)
    paid_at: m.Timestamp = m.column(v.paid_at, null=True)
    cancelled_at: m.Timestamp = m.column(v.cancelled_at, null=True)
    shipped_at: m.Timestamp = m.column(v.shipped_at, null=True)
    delivered_at: m.Timestamp = m.column(v.delivered_at, null=True)
    goods_amount: m.Money = m.column(v.goods_amount, ge=0)
    discount_amount: m.Money = m.column(v.discount_amount, ge=0)
    coupon_amount: m.Money = m.column(v.coupon_amount, ge=0)
    points_used: m.Integer = m.column(v.points_used, ge=0)
    points_amount: m.Money = m.column(v.points_amount, ge=0)
    shipping_amount: m.Money = m.column(v.shipping_amount, ge=0)
    payable_amount: m.Money = m.column(v.payable_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    updated_at: m.Timestamp = m.column(v.updated_at)
    shard_database: m.Integer = m.column(v.shard_database)
    shard_table: m.Integer = m.column(v.shard_table)


ods_order = m.table(
    OdsOrder,
    owner="team:trade",
    source=m.files(
        "order_center/order", format="parquet", folders=c.SHARD_FOLDERS, complete=c.every_shard
    ),
    change_log=m.change_log(key=("order_no",), sequence="updated_at", event_time="ordered_at"),
    checks=[
        m.guard("has_orders", "COUNT(*) > 0", warn=True),
        m.check(
            "in_the_shard_of_its_number",
            "coalesce(carried_shard_database(order_no), shard_database) = shard_database "
            "AND coalesce(carried_shard_table(order_no), shard_table) = shard_table",
            warn=True,
        ),
        m.check(
            "in_the_shard_of_its_buyer",
            "shard_database_of(user_id) = shard_database AND shard_table_of(user_id) = shard_table",
            warn=True,
        ),
    ],
)
