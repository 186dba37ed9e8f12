"""One row per order line and delivery, as the order center had it when the order was created."""

from resources.sources.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    table,
)


class OdsOrderItem(DeliveredContract):
    """The order center's order lines."""

    order_no: Text = column("Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order", ge=1)
    sku_id: Integer = column("SKU: the thing that is stocked and sold")
    seller_id: Integer = column("Seller: the merchant who is settled")
    quantity: Integer = column("Units ordered", ge=1)
    unit_price: Money = column("Price of one unit charged before discount", ge=0)
    discount_amount: Money = column("Discount granted", ge=0)
    shipping_amount: Money = column("Shipping charged", ge=0)
    pay_amount: Money = column("What the buyer is to pay for the line", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    updated_at: Timestamp = column("When the source last changed the row")


ods_order_item = table(
    OdsOrderItem,
    owner="team:trade",
    source=files("order_center/order_item", format="csv"),
    freshness=by("02:00"),
)
