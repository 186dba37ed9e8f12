"""One row per order and delivery: each order created or changed, as the order center had it.

An order may be delivered any number of times; dwd_order takes its newest version.
"""

from resources.sources.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    guard,
    should,
    table,
)

STATUSES = ["created", "paid", "shipped", "delivered", "cancelled", "unavailable"]


class OdsOrder(DeliveredContract):
    """The order center's change log of orders."""

    order_no: Text = column("Order, unique in the order center")
    user_id: Integer = column("Buyer")
    order_status: Text = column("Where the order stands: created, paid, ...", isin=STATUSES)
    ordered_at: Timestamp = column("When the order was placed")
    paid_at: Timestamp = column("When the money was captured", null=True)
    cancelled_at: Timestamp = column("When the order was cancelled", null=True)
    shipped_at: Timestamp = column("When the order was handed to the carrier", null=True)
    delivered_at: Timestamp = column("When the order reached the buyer", null=True)
    goods_amount: Money = column("Price of the goods before discount", ge=0)
    discount_amount: Money = column("Discount granted", ge=0)
    shipping_amount: Money = column("Shipping charged", ge=0)
    payable_amount: Money = column("What the buyer is to pay: goods - discount + shipping", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    updated_at: Timestamp = column("When the source last changed the row")


ods_order = table(
    OdsOrder,
    owner="team:trade",
    source=files("order_center/order", format="csv"),
    freshness=by("02:00"),
    checks=[
        guard("has_orders", "COUNT(*) > 0", warn=True),
        should("delivered_after_order", "dt >= business_date(ordered_at)"),
        should("in_time_for_dwd_order", "dt <= business_date(ordered_at) + INTERVAL 3 DAY"),
    ],
)
