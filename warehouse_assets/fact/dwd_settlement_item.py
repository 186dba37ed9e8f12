"""One row per settled order line, on the business date it was settled, as known three days later.

The day the line was ordered is its settlement's period. It is missing where no settlement of that
number was settled the same day.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdSettlementItem(m.Contract):
    """What sellers are owed for lines that were delivered."""

    settlement_no: m.Text = m.key(v.settlement_no)
    order_line_id: m.Text = m.key(v.order_line_id, references="dwd_order_detail")
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    line_no: m.Integer = m.column(v.line_no)
    seller_id: m.Integer = m.ref("dim_seller", v.seller_id)
    ordered_date: m.Day = m.column(v.ordered_date, null=True)
    gross_amount: m.Money = m.column(v.gross_amount)
    commission_rate: m.Rate = m.column(v.commission_rate)
    commission_amount: m.Money = m.column(v.commission_amount)
    refund_amount: m.Money = m.column(v.refund_amount)
    subsidy_amount: m.Money = m.column(v.subsidy_amount)
    seller_payable_amount: m.Money = m.column(v.seller_payable_amount)
    currency: m.Text = m.column(v.currency)
    settled_at: m.Timestamp = m.column(v.settled_at)
    dt: m.Day = m.partition("Business date the line was settled")


dwd_settlement_item = m.table(
    DwdSettlementItem,
    owner="team:merchant",
    reads={
        "ods_settlement_item": m.latest(c.delivery_window),
        "ods_settlement": m.latest(c.delivery_window),
    },
    sort_by=("order_no",),
    checks=[
        m.check("settlement_known", "ordered_date IS NOT NULL", warn=True),
        m.check("settled_after_ordered", "ordered_date IS NULL OR ordered_date <= dt", warn=True),
        v.payable_adds_up,
    ],
    sql=m.select_from(
        "ods_settlement_item",
        columns={
            "order_line_id": "order_line_id(ods_settlement_item.order_no, line_no)",
            "ordered_date": "ods_settlement.period_date",
        },
        join="""
            LEFT JOIN ods_settlement
                ON ods_settlement.settlement_no = ods_settlement_item.settlement_no
                AND ods_settlement.dt = ods_settlement_item.dt
        """,
    ),
)
