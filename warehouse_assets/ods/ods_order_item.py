"""One row per order line and delivery, as the order center had it when the order was created."""

from resources.sources.declaration.files import files
from resources.sources.landing import complete_day
from warehouse_assets import modeling as m


class OdsOrderItem(m.DeliveredContract):
    """The order center's order lines."""

    order_no: m.Text = m.column("Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order", ge=1)
    ordered_at: m.Timestamp = m.column("When the order was placed")
    sku_id: m.Integer = m.column("SKU: the thing that is stocked and sold")
    seller_id: m.Integer = m.column("Seller: the merchant who is settled")
    quantity: m.Integer = m.column("Units ordered", ge=1)
    unit_price: m.Money = m.column("Price of one unit charged before discount", ge=0)
    discount_amount: m.Money = m.column("Discount granted", ge=0)
    coupon_id: m.Integer = m.column("Coupon", null=True)
    coupon_amount: m.Money = m.column("Part of the discount that comes from coupons", ge=0)
    points_amount: m.Money = m.column("Part of the discount that comes from points", ge=0)
    shipping_amount: m.Money = m.column("Shipping charged", ge=0)
    pay_amount: m.Money = m.column("What the buyer is to pay for the line", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    updated_at: m.Timestamp = m.column("When the source last changed the row")
    shard_database: m.Integer = m.column("Number of the order center's database the row lies in")
    shard_table: m.Integer = m.column("Number of the table in that database")


ods_order_item = m.table(
    OdsOrderItem,
    owner="team:trade",
    source=files(
        "order_center/order_item",
        format="parquet",
        folders="database_{shard_database}/table_{shard_table}",
        complete=complete_day(shard_database=range(2), shard_table=range(2)),
    ),
    change_log=m.change_log(
        key=("order_no", "line_no"), sequence="updated_at", event_time="ordered_at"
    ),
    freshness=m.by("02:00"),
    checks=[m.delivered_in_time("ordered_at", days=3)],
)
