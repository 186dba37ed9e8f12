"""One row per settlement and delivery: what a seller is paid for the lines ordered on one day."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsSettlement(m.DeliveredContract):
    """The merchant center's change log of settlements."""

    settlement_no: m.Text = m.column(v.settlement_no)
    seller_id: m.Integer = m.column(v.seller_id)
    period_date: m.Day = m.column("Business date the settled lines were ordered")
    line_count: m.Integer = m.column(v.line_count, ge=0)
    gross_amount: m.Money = m.column(v.gross_amount, ge=0)
    commission_amount: m.Money = m.column(v.commission_amount, ge=0)
    refund_amount: m.Money = m.column(v.refund_amount, ge=0)
    subsidy_amount: m.Money = m.column(v.subsidy_amount, ge=0)
    seller_payable_amount: m.Money = m.column(v.seller_payable_amount)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    settled_at: m.Timestamp = m.column(v.settled_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_settlement = m.table(
    OdsSettlement,
    owner="team:merchant",
    source=m.files(
        "merchant_center/settlement",
        format="csv",
        columns={"seller_payable_amount": "payable_amount"},
    ),
    change_log=m.change_log(key=("settlement_no",), sequence="updated_at", event_time="settled_at"),
    checks=[v.payable_adds_up],
)
