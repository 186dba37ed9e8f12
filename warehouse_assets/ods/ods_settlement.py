"""One row per settlement and delivery: what a seller is paid for the lines ordered on one day."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    Day,
    DeliveredContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    should,
    table,
)


class OdsSettlement(DeliveredContract):
    """The merchant center's change log of settlements."""

    settlement_no: Text = column("Settlement, unique in the merchant center")
    seller_id: Integer = column("Seller: the merchant who is settled")
    period_date: Day = column("Business date the settled lines were ordered")
    line_count: Integer = column("Number of order lines", ge=0)
    gross_amount: Money = column("Amount before refunds, fees and commission", ge=0)
    commission_amount: Money = column("Commission the platform keeps", ge=0)
    refund_amount: Money = column("Money given back to buyers", ge=0)
    subsidy_amount: Money = column("Platform's share of coupons, paid to the seller", ge=0)
    seller_payable_amount: Money = column(
        "What the seller is to be paid: gross - commission - refund + subsidy"
    )
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    settled_at: Timestamp = column("When the lines were settled")
    updated_at: Timestamp = column("When the source last changed the row")


ods_settlement = table(
    OdsSettlement,
    owner="team:merchant",
    source=files(
        "merchant_center/settlement",
        format="csv",
        columns={"seller_payable_amount": "payable_amount"},
    ),
    change_log=change_log(key=("settlement_no",), sequence="updated_at", event_time="settled_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("settled_at", days=3),
        should(
            "payable_adds_up",
            "seller_payable_amount = settlement_payable("
            "gross_amount, commission_amount, refund_amount, subsidy_amount)",
        ),
    ],
)
