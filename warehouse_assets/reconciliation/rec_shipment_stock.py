"""One row per order line, SKU and warehouse: what was shipped and what was taken out of stock.

What was shipped of a line is also compared with what was ordered of it, which is nothing if the
order was cancelled: the units ordered are taken off the line's first shipment, so that a line may
be shipped in several parts. A movement names its shipment, and by it the line; one whose shipment
is not known yet finds it by its number.
"""

from warehouse_assets import conventions as c, modeling as m

KNOWN = m.trailing(days=c.SHIPPING_DAYS + 1)
LINE = ("order_line_id", "sku_id", "warehouse_code")

rec_shipment_stock = m.reconciliation(
    owner="team:logistics",
    left=m.side(
        "dwd_shipment",
        window=KNOWN,
        reads={"dwd_order_detail": KNOWN, "dwd_order": KNOWN},
        rows="""
            WITH shipments AS (
                SELECT
                    shipment_no,
                    order_line_id,
                    sku_id,
                    warehouse_code,
                    shipped_quantity,
                    ROW_NUMBER() OVER (
                        PARTITION BY order_line_id ORDER BY shipped_at, shipment_no
                    ) AS place,
                    dt
                FROM dwd_shipment
                WHERE order_line_id IN (
                    SELECT order_line_id FROM dwd_shipment WHERE dt >= :start AND dt < :end
                )
            )
            SELECT
                s.shipment_no,
                s.order_line_id,
                s.sku_id,
                s.warehouse_code,
                s.shipped_quantity,
                s.shipped_quantity - CASE
                    WHEN s.place = 1 AND o.cancelled_at IS NULL THEN COALESCE(d.quantity, 0)
                    ELSE 0
                END AS excess_quantity,
                s.dt
            FROM shipments AS s
            LEFT JOIN dwd_order_detail AS d ON d.order_line_id = s.order_line_id
            LEFT JOIN dwd_order AS o ON o.order_no = d.order_no AND o.dt = d.dt
        """,
        row="shipment_no",
        amount="shipped_quantity",
        currency=None,
        figures={"shipped beyond the order": m.figure("excess_quantity", word="shipped")},
        word="shipped",
    ),
    right=m.side(
        "dwd_stock_movement",
        reads={"dwd_shipment": KNOWN},
        rows="""
            SELECT
                s.movement_no,
                s.business_no,
                h.order_line_id,
                s.sku_id,
                s.warehouse_code,
                -s.quantity_change AS quantity,
                s.dt
            FROM dwd_stock_movement AS s
            LEFT JOIN dwd_shipment AS h ON h.shipment_no = s.business_no
            WHERE s.movement_type = 'out'
        """,
        row="movement_no",
        amount="quantity",
        currency=None,
        figures={"shipped beyond the order": m.figure("0", word="ordered")},
        word="taken out of stock",
    ),
    match="n:m",
    passes=[
        m.match_key("order line, SKU and warehouse", left=LINE, right=LINE),
        m.match_alike("shipment", left=("shipment_no",), right=("business_no",), days=c.LATE_DAYS),
    ],
    open_days=1,
    days_apart=0,
)
