"""One row per shipment and delivery: one order line sent from one warehouse."""

from warehouse_assets import modeling as m, vocabulary as v


class OdsShipment(m.DeliveredContract):
    """Logistics' change log of shipments."""

    shipment_no: m.Text = m.column(v.shipment_no)
    order_no: m.Text = m.column(v.order_no)
    line_no: m.Integer = m.column(v.line_no, ge=1)
    sku_id: m.Integer = m.column(v.sku_id)
    warehouse_code: m.Text = m.column(v.warehouse_code)
    shipped_quantity: m.Integer = m.column(v.shipped_quantity, ge=0)
    shipment_status: m.Text = m.column(v.shipment_status, isin=["shipped", "delivered", "lost"])
    carrier: m.Text = m.column(v.carrier)
    shipped_at: m.Timestamp = m.column(v.shipped_at)
    delivered_at: m.Timestamp = m.column(v.delivered_at, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_shipment = m.table(
    OdsShipment,
    owner="team:logistics",
    source=m.files(
        "logistics/shipment", format="parquet", columns={"shipped_quantity": "quantity"}
    ),
    change_log=m.change_log(key=("shipment_no",), sequence="updated_at", event_time="shipped_at"),
    checks=[v.delivered_has_time],
)
