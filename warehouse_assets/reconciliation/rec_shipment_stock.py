"""One row per order line, SKU and warehouse: what was shipped and what was taken out of stock.

What was shipped of a line is also compared with what was ordered of it, if the order was not
cancelled: the units ordered are counted with the first that is taken out of stock for the line. A
line may be shipped in several parts. A movement names its shipment, and by it the line; one whose
shipment is not known yet finds it by its number.
"""

from warehouse_assets import conventions as c, modeling as m

KNOWN = m.trailing(days=c.SHIPPING_DAYS + 1)

rec_shipment_stock = m.reconciliation(
    owner="team:logistics",
    left=m.side(
        "dwd_shipment",
        row="shipment_no",
        amount="shipped_quantity",
        currency=None,
        figures={"shipped of the order": m.figure("shipped_quantity", word="shipped")},
        word="shipped",
    ),
    right=m.side(
        "dwd_stock_movement",
        window=KNOWN,
        reads={"dwd_shipment": KNOWN, "dwd_order_detail": KNOWN, "dwd_order": KNOWN},
        rows="""
            WITH taken AS (
                SELECT
                    s.movement_no,
                    s.business_no,
                    h.order_line_id,
                    s.sku_id,
                    s.warehouse_code,
                    -s.quantity_change AS quantity,
                    ROW_NUMBER() OVER (
                        PARTITION BY COALESCE(h.order_line_id, s.movement_no)
                        ORDER BY s.moved_at, s.movement_no
                    ) AS place,
                    s.dt
                FROM dwd_stock_movement AS s
                LEFT JOIN dwd_shipment AS h ON h.shipment_no = s.business_no
                WHERE s.movement_type = 'out'
            )
            SELECT
                t.movement_no,
                t.business_no,
                t.order_line_id,
                t.sku_id,
                t.warehouse_code,
                t.quantity,
                CASE
                    WHEN t.place = 1 AND o.cancelled_at IS NULL THEN COALESCE(d.quantity, 0)
                    ELSE 0
                END AS ordered_quantity,
                t.dt
            FROM taken AS t
            LEFT JOIN dwd_order_detail AS d ON d.order_line_id = t.order_line_id
            LEFT JOIN dwd_order AS o ON o.order_no = d.order_no AND o.dt = d.dt
        """,
        row="movement_no",
        amount="quantity",
        currency=None,
        figures={"shipped of the order": m.figure("ordered_quantity", word="ordered")},
        word="taken out of stock",
    ),
    match="n:m",
    passes=[
        m.match_key(
            "order line, SKU and warehouse",
            left=("order_line_id", "sku_id", "warehouse_code"),
            right=("order_line_id", "sku_id", "warehouse_code"),
        ),
        m.match_alike("shipment", left=("shipment_no",), right=("business_no",), days=c.LATE_DAYS),
    ],
    open_days=1,
    days_apart=0,
)
