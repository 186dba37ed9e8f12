"""One row per shipment, on the business date it was shipped, as known three days later.

A shipment carries units of one order line; a line may be shipped in several.
"""

from warehouse_assets import modeling as m


class DwdShipment(m.Contract):
    """What left the warehouses for buyers."""

    shipment_no: m.Text = m.key("Shipment, unique in logistics")
    order_line_id: m.Text = m.ref("dwd_order_detail", "Order line: order number, dash, line number")
    order_no: m.Text = m.ref("dwd_order", "Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order")
    sku_id: m.Integer = m.ref("dim_sku", "SKU: the thing that is stocked and sold")
    warehouse_code: m.Text = m.column("Warehouse that holds the stock")
    shipped_quantity: m.Integer = m.column("Units sent to the buyer")
    shipment_status: m.Text = m.column("Where the shipment stands")
    carrier: m.Text = m.column("Company that carries the goods")
    shipped_at: m.Timestamp = m.column("When the goods were handed to the carrier")
    delivered_at: m.Timestamp = m.column("When the goods reached the buyer", null=True)
    dt: m.Day = m.partition("Business date of the shipment")


dwd_shipment = m.table(
    DwdShipment,
    owner="team:logistics",
    reads={"ods_shipment": m.newest(m.following(days=3))},
    freshness=m.by("05:00"),
    sort_by=("order_no",),
    checks=[
        m.should("units_were_sent", "shipped_quantity > 0"),
        m.should("delivered_after_shipped", "delivered_at >= shipped_at"),
        m.should(
            "delivered_has_time", "shipment_status <> 'delivered' OR delivered_at IS NOT NULL"
        ),
        m.should("lost_is_not_delivered", "shipment_status <> 'lost' OR delivered_at IS NULL"),
    ],
    sql="""
        SELECT
            shipment_no,
            order_line_id(order_no, line_no) AS order_line_id,
            order_no,
            line_no,
            sku_id,
            warehouse_code,
            shipped_quantity,
            shipment_status,
            carrier,
            shipped_at,
            delivered_at,
            dt
        FROM ods_shipment
        WHERE dt >= :start AND dt < :end
    """,
)
