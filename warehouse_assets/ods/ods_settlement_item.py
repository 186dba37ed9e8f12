"""One row per settled order line and delivery: how much of it the seller is paid.

A line may be settled again, in another settlement.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsSettlementItem(m.DeliveredContract):
    """The merchant center's change log of settled order lines."""

    settlement_no: m.Text = m.column(v.settlement_no)
    seller_id: m.Integer = m.column(v.seller_id)
    order_no: m.Text = m.column(v.order_no)
    line_no: m.Integer = m.column(v.line_no, ge=1)
    gross_amount: m.Money = m.column(v.gross_amount, ge=0)
    commission_rate: m.Rate = m.column(v.commission_rate, ge=0, le=1)
    commission_amount: m.Money = m.column(v.commission_amount, ge=0)
    refund_amount: m.Money = m.column(v.refund_amount, ge=0)
    subsidy_amount: m.Money = m.column(v.subsidy_amount, ge=0)
    seller_payable_amount: m.Money = m.column(v.seller_payable_amount)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    settled_at: m.Timestamp = m.column(v.settled_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_settlement_item = m.table(
    OdsSettlementItem,
    owner="team:merchant",
    source=m.files(
        "merchant_center/settlement_item",
        format="parquet",
        columns={"seller_payable_amount": "payable_amount"},
    ),
    change_log=m.change_log(
        key=("settlement_no", "order_no", "line_no"), sequence="updated_at", event_time="settled_at"
    ),
    checks=[v.payable_adds_up],
)
