"""One row per shipment, on the business date it was shipped, as known three days later.

A shipment carries units of one order line; a line may be shipped in several.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdShipment(m.Contract):
    """What left the warehouses for buyers."""

    shipment_no: m.Text = m.key(v.shipment_no)
    order_line_id: m.Text = m.ref("dwd_order_detail", v.order_line_id)
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    line_no: m.Integer = m.column(v.line_no)
    sku_id: m.Integer = m.ref("dim_sku", v.sku_id)
    warehouse_code: m.Text = m.column(v.warehouse_code)
    shipped_quantity: m.Integer = m.column(v.shipped_quantity)
    shipment_status: m.Text = m.column(v.shipment_status)
    carrier: m.Text = m.column(v.carrier)
    shipped_at: m.Timestamp = m.column(v.shipped_at)
    delivered_at: m.Timestamp = m.column(v.delivered_at, null=True)
    dt: m.Day = m.partition("Business date the goods were handed to the carrier")


dwd_shipment = m.table(
    DwdShipment,
    owner="team:logistics",
    reads={"ods_shipment": m.latest(c.delivery_window)},
    sort_by=("order_no",),
    checks=[
        m.check("units_were_sent", "shipped_quantity > 0", warn=True),
        m.check("delivered_after_shipped", "delivered_at >= shipped_at", warn=True),
        v.delivered_has_time,
        m.check(
            "lost_is_not_delivered", "shipment_status <> 'lost' OR delivered_at IS NULL", warn=True
        ),
    ],
    sql=m.select_from(
        "ods_shipment", columns={"order_line_id": "order_line_id(order_no, line_no)"}
    ),
)
