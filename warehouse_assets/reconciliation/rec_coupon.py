"""One row per coupon and order: its uses in the coupon ledger and what it took off the lines.

Who bears a coupon is compared as the platform's part: by the ledger, and by the share that the
coupon had on the day of the order. A coupon that was given back stays on both sides.
"""

from warehouse_assets import conventions as c, modeling as m

rec_coupon = m.reconciliation(
    owner="team:marketing",
    left=m.side(
        "dwd_coupon_use",
        row="coupon_use_no",
        amount="coupon_amount",
        figures={"borne by the platform": "platform_amount"},
        word="used",
    ),
    right=m.side(
        "dwd_order_detail",
        reads={"dim_coupon": m.as_of_day()},
        rows="""
            SELECT
                d.order_line_id,
                d.order_no,
                d.coupon_id,
                d.coupon_amount,
                multiply_money(d.coupon_amount, c.platform_share_rate) AS platform_amount,
                d.currency,
                d.dt
            FROM dwd_order_detail AS d
            LEFT JOIN dim_coupon AS c ON c.coupon_id = d.coupon_id AND c.dt = d.dt
            WHERE d.coupon_id IS NOT NULL OR d.coupon_amount <> 0
        """,
        row="order_line_id",
        amount="coupon_amount",
        figures={"borne by the platform": "platform_amount"},
        word="taken off the order",
    ),
    match="n:m",
    passes=[
        m.match_key(
            "coupon and order", left=("coupon_id", "order_no"), right=("coupon_id", "order_no")
        )
    ],
    tolerance=m.tolerance(per_line=c.ROUNDING),
    open_days=1,
)
