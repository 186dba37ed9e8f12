"""One row per settled order line and delivery: how much of it the seller is paid.

A line may be settled again, in another settlement.
"""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsSettlementItem(m.DeliveredContract):
    """The merchant center's change log of settled order lines."""

    settlement_no: m.Text = m.column("Settlement, unique in the merchant center")
    seller_id: m.Integer = m.column("Seller: the merchant who is settled")
    order_no: m.Text = m.column("Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order", ge=1)
    gross_amount: m.Money = m.column("Amount before refunds, fees and commission", ge=0)
    commission_rate: m.Rate = m.column("Commission as a share of what the buyer pays", ge=0, le=1)
    commission_amount: m.Money = m.column("Commission the platform keeps", ge=0)
    refund_amount: m.Money = m.column("Money given back to buyers", ge=0)
    subsidy_amount: m.Money = m.column("Platform's share of coupons, paid to the seller", ge=0)
    seller_payable_amount: m.Money = m.column(
        "What the seller is to be paid: gross - commission - refund + subsidy"
    )
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    settled_at: m.Timestamp = m.column("When the lines were settled")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_settlement_item = m.table(
    OdsSettlementItem,
    owner="team:merchant",
    source=files(
        "merchant_center/settlement_item",
        format="parquet",
        columns={"seller_payable_amount": "payable_amount"},
    ),
    change_log=m.change_log(
        key=("settlement_no", "order_no", "line_no"), sequence="updated_at", event_time="settled_at"
    ),
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
