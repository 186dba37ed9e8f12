"""One row per settled order line, on the business date it was settled, as known three days later.

The day the line was ordered is its settlement's period. It is missing where no settlement of that
number was settled the same day.
"""

from warehouse_assets import modeling as m


class DwdSettlementItem(m.Contract):
    """What sellers are owed for lines that were delivered."""

    settlement_no: m.Text = m.key("Settlement, unique in the merchant center")
    order_line_id: m.Text = m.key(
        "Order line: order number, dash, line number", references="dwd_order_detail"
    )
    order_no: m.Text = m.ref("dwd_order", "Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order")
    seller_id: m.Integer = m.ref("dim_seller", "Seller: the merchant who is settled")
    ordered_date: m.Day = m.column("Business date the order was placed", null=True)
    gross_amount: m.Money = m.column("Amount before refunds, fees and commission")
    commission_rate: m.Rate = m.column("Commission as a share of what the buyer pays")
    commission_amount: m.Money = m.column("Commission the platform keeps")
    refund_amount: m.Money = m.column("Money given back to buyers")
    subsidy_amount: m.Money = m.column("Platform's share of coupons, paid to the seller")
    seller_payable_amount: m.Money = m.column(
        "What the seller is to be paid: gross - commission - refund + subsidy"
    )
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    settled_at: m.Timestamp = m.column("When the lines were settled")
    dt: m.Day = m.partition("Business date the line was settled")


dwd_settlement_item = m.table(
    DwdSettlementItem,
    owner="team:merchant",
    reads={
        "ods_settlement_item": m.newest(m.following(days=3)),
        "ods_settlement": m.newest(m.following(days=3)),
    },
    freshness=m.by("05:00"),
    sort_by=("order_no",),
    checks=[
        m.should("settlement_known", "ordered_date IS NOT NULL"),
        m.should("settled_after_ordered", "ordered_date IS NULL OR ordered_date <= dt"),
        m.should(
            "payable_adds_up",
            "seller_payable_amount = settlement_payable("
            "gross_amount, commission_amount, refund_amount, subsidy_amount)",
        ),
    ],
    sql="""
        SELECT
            i.settlement_no,
            order_line_id(i.order_no, i.line_no) AS order_line_id,
            i.order_no,
            i.line_no,
            i.seller_id,
            s.period_date AS ordered_date,
            i.gross_amount,
            i.commission_rate,
            i.commission_amount,
            i.refund_amount,
            i.subsidy_amount,
            i.seller_payable_amount,
            i.currency,
            i.settled_at,
            i.dt
        FROM ods_settlement_item AS i
        LEFT JOIN ods_settlement AS s ON s.settlement_no = i.settlement_no AND s.dt = i.dt
        WHERE i.dt >= :start AND i.dt < :end
    """,
)
