"""One row per settled line's commission and what the rate card says of it.

Commission is charged at the rate of the line's category on the day of the order, on what the buyer
pays for the line. A line that is charged again in a later settlement is a duplicate; one whose
category the card did not have is charged, and not due.
"""

from warehouse_assets import conventions as c, modeling as m

RECOGNIZED = m.trailing(days=c.LATEST_SETTLEMENT_DAYS + 1)
BASIS_POINTS = "CAST(commission_rate * 10000 AS DECIMAL(18, 2))"

rec_commission = m.reconciliation(
    owner="team:merchant",
    left=m.side(
        "dwd_settlement_item",
        row="CONCAT(settlement_no, ':', order_line_id)",
        amount="commission_amount",
        figures={"rate": m.figure(BASIS_POINTS, word="charged at a rate", unit="basis points")},
        word="charged",
    ),
    right=m.side(
        "dwd_order_detail",
        window=RECOGNIZED,
        reads={"dwd_settlement_item": RECOGNIZED, "dim_commission_rate": RECOGNIZED},
        rows="""
            WITH settled AS (
                SELECT order_line_id, MIN(dt) AS settled_date
                FROM dwd_settlement_item
                GROUP BY order_line_id
                HAVING MIN(dt) >= :start AND MIN(dt) < :end
            )
            SELECT
                d.order_line_id,
                multiply_money(d.pay_amount, r.commission_rate) AS commission_amount,
                r.commission_rate,
                d.currency,
                s.settled_date AS dt
            FROM settled AS s
            JOIN dwd_order_detail AS d ON d.order_line_id = s.order_line_id
            JOIN dim_commission_rate AS r ON r.category_id = d.category_id AND r.dt = d.dt
        """,
        row="order_line_id",
        amount="commission_amount",
        figures={"rate": m.figure(BASIS_POINTS, word="due at a rate", unit="basis points")},
        word="due by the rate card",
    ),
    match="1:1",
    passes=[m.match_key("order line", left=("order_line_id",), right=("order_line_id",))],
    tolerance=m.tolerance(c.ROUNDING),
    figure_tolerances={"rate": m.tolerance()},
    open_days=0,
)
