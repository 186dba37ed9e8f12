"""One row per order and delivery: each order created or changed, as the order center had it.

An order may be delivered any number of times; dwd_order takes its newest version.
"""

from resources.sources.declaration.files import files
from resources.sources.landing import complete_day
from warehouse_assets import modeling as m

STATUSES = ["created", "paid", "shipped", "delivered", "cancelled", "unavailable"]


class OdsOrder(m.DeliveredContract):
    """The order center's change log of orders."""

    order_no: m.Text = m.column("Order, unique in the order center")
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    order_status: m.Text = m.column(
        "Where the order stands: created, paid, shipped, ...", isin=STATUSES
    )
    ordered_at: m.Timestamp = m.column("When the order was placed")
    paid_at: m.Timestamp = m.column("When the money was captured", null=True)
    cancelled_at: m.Timestamp = m.column("When the order was cancelled", null=True)
    shipped_at: m.Timestamp = m.column("When the goods were handed to the carrier", null=True)
    delivered_at: m.Timestamp = m.column("When the goods reached the buyer", null=True)
    goods_amount: m.Money = m.column("Price of the goods before discount", ge=0)
    discount_amount: m.Money = m.column("Discount granted", ge=0)
    coupon_amount: m.Money = m.column("Part of the discount that comes from coupons", ge=0)
    points_used: m.Integer = m.column("Points burnt on the order", ge=0)
    points_amount: m.Money = m.column("Part of the discount that comes from points", ge=0)
    shipping_amount: m.Money = m.column("Shipping charged", ge=0)
    payable_amount: m.Money = m.column(
        "What the buyer is to pay: goods - discount + shipping", ge=0
    )
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    updated_at: m.Timestamp = m.column("When the source last changed the row")
    shard_database: m.Integer = m.column("Number of the order center's database the row lies in")
    shard_table: m.Integer = m.column("Number of the table in that database")


ods_order = m.table(
    OdsOrder,
    owner="team:trade",
    source=files(
        "order_center/order",
        format="parquet",
        folders="database_{shard_database}/table_{shard_table}",
        complete=complete_day(shard_database=range(2), shard_table=range(2)),
    ),
    change_log=m.change_log(key=("order_no",), sequence="updated_at", event_time="ordered_at"),
    freshness=m.by("02:00"),
    checks=[
        m.guard("has_orders", "COUNT(*) > 0", warn=True),
        m.delivered_in_time("ordered_at", days=3),
        m.should(
            "in_the_shard_of_its_number",
            "coalesce(carried_shard_database(order_no), shard_database) = shard_database "
            "AND coalesce(carried_shard_table(order_no), shard_table) = shard_table",
        ),
        m.should(
            "in_the_shard_of_its_buyer",
            "shard_database_of(user_id) = shard_database AND shard_table_of(user_id) = shard_table",
        ),
    ],
)
