"""One row per shipment and delivery: one order line sent from one warehouse."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    should,
    table,
)

STATUSES = ["shipped", "delivered", "lost"]


class OdsShipment(DeliveredContract):
    """Logistics' change log of shipments."""

    shipment_no: Text = column("Shipment, unique in logistics")
    order_no: Text = column("Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order", ge=1)
    sku_id: Integer = column("SKU: the thing that is stocked and sold")
    warehouse_code: Text = column("Warehouse that holds the stock")
    shipped_quantity: Integer = column("Units sent to the buyer", ge=0)
    shipment_status: Text = column("Where the shipment stands", isin=STATUSES)
    carrier: Text = column("Company that carries the goods")
    shipped_at: Timestamp = column("When the goods were handed to the carrier")
    delivered_at: Timestamp = column("When the goods reached the buyer", null=True)
    updated_at: Timestamp = column("When the source last changed the row")


ods_shipment = table(
    OdsShipment,
    owner="team:logistics",
    source=files(
        "logistics/shipment",
        format="parquet",
        columns={"shipped_quantity": "quantity"},
    ),
    change_log=change_log(key=("shipment_no",), sequence="updated_at", event_time="shipped_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("shipped_at", days=3),
        should("delivered_has_time", "shipment_status <> 'delivered' OR delivered_at IS NOT NULL"),
    ],
)
