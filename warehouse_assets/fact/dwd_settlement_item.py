"""One row per settled order line, on the business date it was settled, as known three days later.

The day the line was ordered is its settlement's period. It is missing where no settlement of that
number was settled the same day.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Rate,
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


class DwdSettlementItem(Contract):
    """What sellers are owed for lines that were delivered."""

    settlement_no: Text = key("Settlement, unique in the merchant center")
    order_line_id: Text = key(
        "Order line: order number, dash, line number", references="dwd_order_detail"
    )
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order")
    seller_id: Integer = ref("dim_seller", "Seller: the merchant who is settled")
    ordered_date: Day = column("Business date the order was placed", null=True)
    gross_amount: Money = column("Amount before refunds, fees and commission")
    commission_rate: Rate = column("Commission as a share of what the buyer pays")
    commission_amount: Money = column("Commission the platform keeps")
    refund_amount: Money = column("Money given back to buyers")
    subsidy_amount: Money = column("Platform's share of coupons, paid to the seller")
    seller_payable_amount: Money = column(
        "What the seller is to be paid: gross - commission - refund + subsidy"
    )
    currency: Text = column("Currency of the amounts (ISO 4217)")
    settled_at: Timestamp = column("When the lines were settled")
    dt: Day = partition("Business date the line was settled")


dwd_settlement_item = table(
    DwdSettlementItem,
    owner="team:merchant",
    reads={
        "ods_settlement_item": newest(following(days=3)),
        "ods_settlement": newest(following(days=3)),
    },
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[
        should("settlement_known", "ordered_date IS NOT NULL"),
        should("settled_after_ordered", "ordered_date IS NULL OR ordered_date <= dt"),
        should(
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
