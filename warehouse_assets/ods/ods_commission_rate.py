"""One row per leaf category, first day of validity and delivery: the rate card for sellers."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    Day,
    DeliveredContract,
    Integer,
    Rate,
    Timestamp,
    by,
    change_log,
    column,
    should,
    table,
)


class OdsCommissionRate(DeliveredContract):
    """The merchant center's change log of commission rates."""

    category_id: Integer = column("Category that SKUs are listed under")
    commission_rate: Rate = column("Commission as a share of what the buyer pays", ge=0, le=1)
    valid_from_date: Day = column("First day of validity")
    valid_to_date: Day = column("Last day of validity", null=True)
    updated_at: Timestamp = column("When the source last changed the row")


ods_commission_rate = table(
    OdsCommissionRate,
    owner="team:merchant",
    source=files("merchant_center/commission_rate", format="csv"),
    change_log=change_log(key=("category_id", "valid_from_date"), sequence="updated_at"),
    freshness=by("02:00"),
    checks=[
        should("valid_from_before_to", "valid_to_date IS NULL OR valid_from_date <= valid_to_date"),
    ],
)
