"""One row per approved after-sale and its refunds, or what stands alone.

Money goes back only for an approved after-sale, exactly what was approved, and for no more units
than the order line has. An order with several payments may be refunded in as many refunds. What
buyers had their bank take back needs no after-sale.
"""

from warehouse_assets import conventions as c, modeling as m

rec_refund_after_sale = m.reconciliation(
    owner="team:trade",
    left=m.side(
        "dwd_refund",
        where="refund_type <> 'chargeback'",
        row="refund_no",
        amount="refund_amount",
        status="'units ordered'",
        word="refunded",
    ),
    # Not dwd_after_sale: it knows a request as of three days after it was made.
    right=m.side(
        "ods_after_sale",
        window=m.latest(c.delivery_window, event_time="approved_at", undated="left out"),
        reads={"dwd_order_detail": m.trailing(days=c.AFTER_SALE_DAYS)},
        rows="""
            WITH ordered AS (
                SELECT a.after_sale_no, a.dt, MAX(d.quantity) AS quantity
                FROM ods_after_sale AS a
                JOIN dwd_order_detail AS d
                    ON d.order_line_id = order_line_id(a.order_no, a.line_no) AND d.dt <= a.dt
                GROUP BY a.after_sale_no, a.dt
            )
            SELECT
                a.after_sale_no,
                a.approved_amount,
                a.currency,
                CASE
                    WHEN a.after_sale_quantity > o.quantity THEN 'more units than ordered'
                    ELSE 'units ordered'
                END AS units,
                a.dt
            FROM ods_after_sale AS a
            LEFT JOIN ordered AS o ON o.after_sale_no = a.after_sale_no AND o.dt = a.dt
            WHERE a.after_sale_status = 'approved'
        """,
        row="after_sale_no",
        amount="approved_amount",
        status="units",
        word="approved",
    ),
    match="n:1",
    passes=[m.match_key("after-sale", left=("after_sale_no",), right=("after_sale_no",))],
    open_days=3,
)
