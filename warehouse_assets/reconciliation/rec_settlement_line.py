"""One row per settled order line and what its seller is owed for it.

Owed is what the buyer pays for a line that was delivered, less the commission, less what was
refunded of it, plus the platform's share of its coupon. The price is that of the order, refunds are
those that were paid, and the share is the coupon's. The commission is the one that was charged,
which rec_commission judges; by the rate card where none was. A line is due
`conventions.SETTLEMENT_DAYS` after its order, and what is refunded from that day on is not taken
off, nor what a buyer had the bank take back. A refund that names no after-sale is that of its
order's only line with an approved one. What was lost on its way was not delivered.
"""

from warehouse_assets import conventions as c, modeling as m

RECOGNIZED = m.trailing(days=c.LATEST_SETTLEMENT_DAYS + 1)
DUE = f"CAST(d.dt + INTERVAL {c.SETTLEMENT_DAYS} DAY AS DATE)"

rec_settlement_line = m.reconciliation(
    owner="team:merchant",
    left=m.side(
        "dwd_settlement_item",
        row="CONCAT(settlement_no, ':', order_line_id)",
        amount="seller_payable_amount",
        word="settled",
    ),
    right=m.side(
        "dwd_order_detail",
        window=RECOGNIZED,
        reads={
            "dwd_shipment": RECOGNIZED,
            "dwd_settlement_item": RECOGNIZED,
            "dwd_refund": RECOGNIZED,
            "dwd_after_sale": RECOGNIZED,
            "dim_coupon": RECOGNIZED,
            "dim_commission_rate": RECOGNIZED,
        },
        rows=f"""
            WITH delivered AS (
                SELECT DISTINCT order_line_id FROM dwd_shipment WHERE delivered_at IS NOT NULL
            ),
            due AS (
                SELECT
                    d.order_line_id, d.order_no, d.seller_id, d.category_id, d.coupon_id,
                    d.coupon_amount, d.pay_amount, d.currency,
                    d.dt AS ordered_date,
                    {DUE} AS due_date
                FROM dwd_order_detail AS d
                JOIN delivered AS s ON s.order_line_id = d.order_line_id
                WHERE d.dt >= :start - INTERVAL {c.SETTLEMENT_DAYS} DAY
                    AND d.dt < :end - INTERVAL {c.SETTLEMENT_DAYS} DAY
            ),
            charged AS (
                SELECT d.order_line_id, MAX(s.commission_amount) AS commission_amount
                FROM due AS d
                JOIN dwd_settlement_item AS s ON s.order_line_id = d.order_line_id
                GROUP BY d.order_line_id
            ),
            only_lines AS (
                SELECT order_no, MIN(order_line_id) AS only_line_id
                FROM dwd_after_sale
                WHERE after_sale_status = 'approved'
                GROUP BY order_no
                HAVING COUNT(DISTINCT order_line_id) = 1
            ),
            refunds AS (
                SELECT
                    COALESCE(a.order_line_id, n.only_line_id) AS refunded_line_id,
                    r.currency,
                    r.refund_amount,
                    r.dt
                FROM dwd_refund AS r
                LEFT JOIN dwd_after_sale AS a ON a.after_sale_no = r.after_sale_no
                LEFT JOIN only_lines AS n
                    ON n.order_no = CASE WHEN r.after_sale_no IS NULL THEN r.order_no END
                WHERE r.refund_type <> 'chargeback'
            ),
            refunded AS (
                SELECT
                    d.order_line_id, d.ordered_date, SUM(r.refund_amount) AS refund_amount
                FROM due AS d
                JOIN refunds AS r
                    ON r.refunded_line_id = d.order_line_id
                    AND r.currency = d.currency
                    AND r.dt < d.due_date
                GROUP BY d.order_line_id, d.ordered_date
            )
            SELECT
                d.order_line_id,
                d.seller_id,
                d.ordered_date,
                d.currency,
                settlement_payable(
                    d.pay_amount,
                    COALESCE(
                        s.commission_amount, multiply_money(d.pay_amount, r.commission_rate), 0
                    ),
                    COALESCE(f.refund_amount, 0),
                    COALESCE(multiply_money(d.coupon_amount, c.platform_share_rate), 0)
                ) AS seller_payable_amount,
                d.due_date AS dt
            FROM due AS d
            LEFT JOIN charged AS s ON s.order_line_id = d.order_line_id
            LEFT JOIN dim_commission_rate AS r
                ON r.category_id = d.category_id AND r.dt = d.ordered_date
            LEFT JOIN refunded AS f
                ON f.order_line_id = d.order_line_id AND f.ordered_date = d.ordered_date
            LEFT JOIN dim_coupon AS c ON c.coupon_id = d.coupon_id AND c.dt = d.ordered_date
        """,
        row="order_line_id",
        amount="seller_payable_amount",
        word="owed",
    ),
    match="1:1",
    passes=[
        m.match_key(
            "seller, order line and period",
            left=("seller_id", "order_line_id", "ordered_date"),
            right=("seller_id", "order_line_id", "ordered_date"),
        )
    ],
    tolerance=m.tolerance(c.ROUNDING),
    open_days=1,
)
