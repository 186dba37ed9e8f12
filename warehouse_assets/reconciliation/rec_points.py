"""One row per points entry and what the order that it is about says of it.

An order burns points when it is placed, gives them back when it is cancelled, and earns some when
it is delivered, if it is paid in the currency of points; as dwd_order knows it, three days after it
was placed. That opening + earned -
burnt - expired = closing is not compared: no source states a balance of points, and a sum of the
entries would be compared with itself. Points that expire are for the same reason not here: no
source but the ledger says that they do.
"""

from warehouse_assets import conventions as c, modeling as m

KNOWN = c.LATE_DAYS + 1

rec_points = m.reconciliation(
    owner="team:marketing",
    left=m.side(
        "dwd_points_entry",
        where="entry_type IN ('burnt', 'returned', 'earned')",
        row="points_entry_no",
        amount="points",
        currency=None,
        word="entered as points",
    ),
    right=m.side(
        "dwd_order",
        window=m.trailing(days=KNOWN),
        rows="""
            SELECT order_no, user_id, 'burnt' AS entry_type, points_used AS points, dt
            FROM dwd_order
            WHERE points_used > 0
            UNION ALL
            SELECT order_no, user_id, 'returned', points_used, business_date(cancelled_at)
            FROM dwd_order
            WHERE points_used > 0 AND cancelled_at IS NOT NULL
            UNION ALL
            SELECT
                order_no, user_id, 'earned', earned_points(payable_amount),
                business_date(delivered_at)
            FROM dwd_order
            WHERE delivered_at IS NOT NULL
                AND currency = points_currency()
                AND earned_points(payable_amount) > 0
        """,
        row="CONCAT(order_no, ':', entry_type)",
        amount="points",
        currency=None,
        word="counted on the order",
    ),
    match="1:1",
    passes=[
        m.match_key(
            "user, order and type",
            left=("user_id", "business_no", "entry_type"),
            right=("user_id", "order_no", "entry_type"),
        )
    ],
    open_days=1,
)
