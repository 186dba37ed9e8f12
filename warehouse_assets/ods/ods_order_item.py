"""One row per order line and delivery, as the order center had it when the order was created."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsOrderItem(m.DeliveredContract):
    """The order center's order lines."""

    order_no: m.Text = m.column(v.order_no)
    line_no: m.Integer = m.column(v.line_no, ge=1)
    ordered_at: m.Timestamp = m.column(v.ordered_at)
    sku_id: m.Integer = m.column(v.sku_id)
    seller_id: m.Integer = m.column(v.seller_id)
    quantity: m.Integer = m.column(v.quantity, ge=1)
    unit_price: m.Money = m.column(v.unit_price, ge=0)
    discount_amount: m.Money = m.column(v.discount_amount, ge=0)
    coupon_id: m.Integer = m.column(v.coupon_id, null=True)
    coupon_amount: m.Money = m.column(v.coupon_amount, ge=0)
    points_amount: m.Money = m.column(v.points_amount, ge=0)
    shipping_amount: m.Money = m.column(v.shipping_amount, ge=0)
    pay_amount: m.Money = m.column(v.pay_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    updated_at: m.Timestamp = m.column(v.updated_at)
    shard_database: m.Integer = m.column(v.shard_database)
    shard_table: m.Integer = m.column(v.shard_table)


ods_order_item = m.table(
    OdsOrderItem,
    owner="team:trade",
    source=m.files(
        "order_center/order_item", format="parquet", folders=c.SHARD_FOLDERS, complete=c.every_shard
    ),
    change_log=m.change_log(
        key=("order_no", "line_no"), sequence="updated_at", event_time="ordered_at"
    ),
)
