"""One row per settlement and delivery: what a seller is paid for the lines ordered on one day."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsSettlement(m.DeliveredContract):
    """The merchant center's change log of settlements."""

    settlement_no: m.Text = m.column("Settlement, unique in the merchant center")
    seller_id: m.Integer = m.column("Seller: the merchant who is settled")
    period_date: m.Day = m.column("Business date the settled lines were ordered")
    line_count: m.Integer = m.column("Number of order lines", ge=0)
    gross_amount: m.Money = m.column("Amount before refunds, fees and commission", ge=0)
    commission_amount: m.Money = m.column("Commission the platform keeps", ge=0)
    refund_amount: m.Money = m.column("Money given back to buyers", ge=0)
    subsidy_amount: m.Money = m.column("Platform's share of coupons, paid to the seller", ge=0)
    seller_payable_amount: m.Money = m.column(
        "What the seller is to be paid: gross - commission - refund + subsidy"
    )
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    settled_at: m.Timestamp = m.column("When the lines were settled")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_settlement = m.table(
    OdsSettlement,
    owner="team:merchant",
    source=files(
        "merchant_center/settlement",
        format="csv",
        columns={"seller_payable_amount": "payable_amount"},
    ),
    change_log=m.change_log(key=("settlement_no",), sequence="updated_at", event_time="settled_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("settled_at", days=3),
        m.should(
            "payable_adds_up",
            "seller_payable_amount = settlement_payable("
            "gross_amount, commission_amount, refund_amount, subsidy_amount)",
        ),
    ],
)
