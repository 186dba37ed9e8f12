"""One row per shipment, on the business date it was shipped, as known three days later.

A shipment carries units of one order line; a line may be shipped in several.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
)


class DwdShipment(Contract):
    """What left the warehouses for buyers."""

    shipment_no: Text = key("Shipment, unique in logistics")
    order_line_id: Text = ref("dwd_order_detail", "Order line: order number, dash, line number")
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order")
    sku_id: Integer = ref("dim_sku", "SKU: the thing that is stocked and sold")
    warehouse_code: Text = column("Warehouse that holds the stock")
    shipped_quantity: Integer = column("Units sent to the buyer")
    shipment_status: Text = column("Where the shipment stands")
    carrier: Text = column("Company that carries the goods")
    shipped_at: Timestamp = column("When the goods were handed to the carrier")
    delivered_at: Timestamp = column("When the goods reached the buyer", null=True)
    dt: Day = partition("Business date of the shipment")


dwd_shipment = table(
    DwdShipment,
    owner="team:logistics",
    reads={"ods_shipment": newest(following(days=3))},
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[
        should("units_were_sent", "shipped_quantity > 0"),
        should("delivered_after_shipped", "delivered_at >= shipped_at"),
        should("delivered_has_time", "shipment_status <> 'delivered' OR delivered_at IS NOT NULL"),
        should("lost_is_not_delivered", "shipment_status <> 'lost' OR delivered_at IS NULL"),
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
