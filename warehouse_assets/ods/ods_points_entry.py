"""One row per entry of the points ledger and delivery."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    table,
)

TYPES = ["earned", "burnt", "expired", "returned"]


class OdsPointsEntry(DeliveredContract):
    """Marketing's points ledger."""

    points_entry_no: Text = column("Points entry, unique in marketing")
    user_id: Integer = column("User; where the row is about an order, its buyer")
    entry_type: Text = column("What made the entry", isin=TYPES)
    business_no: Text = column("Number of what the row is about: an order, a payment, ...")
    points: Integer = column("Points that are earned, burnt, ...", ge=0)
    occurred_at: Timestamp = column("When it happened")
    updated_at: Timestamp = column("When the source last changed the row")


ods_points_entry = table(
    OdsPointsEntry,
    owner="team:marketing",
    source=files("marketing/points_entry", format="parquet"),
    change_log=change_log(
        key=("points_entry_no",), sequence="updated_at", event_time="occurred_at"
    ),
    freshness=by("02:00"),
    checks=[delivered_in_time("occurred_at", days=3)],
)
