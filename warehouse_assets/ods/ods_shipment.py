"""One row per shipment and delivery: one order line sent from one warehouse."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

STATUSES = ["shipped", "delivered", "lost"]


class OdsShipment(m.DeliveredContract):
    """Logistics' change log of shipments."""

    shipment_no: m.Text = m.column("Shipment, unique in logistics")
    order_no: m.Text = m.column("Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order", ge=1)
    sku_id: m.Integer = m.column("SKU: the thing that is stocked and sold")
    warehouse_code: m.Text = m.column("Warehouse that holds the stock")
    shipped_quantity: m.Integer = m.column("Units sent to the buyer", ge=0)
    shipment_status: m.Text = m.column("Where the shipment stands", isin=STATUSES)
    carrier: m.Text = m.column("Company that carries the goods")
    shipped_at: m.Timestamp = m.column("When the goods were handed to the carrier")
    delivered_at: m.Timestamp = m.column("When the goods reached the buyer", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_shipment = m.table(
    OdsShipment,
    owner="team:logistics",
    source=files(
        "logistics/shipment",
        format="parquet",
        columns={"shipped_quantity": "quantity"},
    ),
    change_log=m.change_log(key=("shipment_no",), sequence="updated_at", event_time="shipped_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("shipped_at", days=3),
        m.should(
            "delivered_has_time", "shipment_status <> 'delivered' OR delivered_at IS NOT NULL"
        ),
    ],
)
