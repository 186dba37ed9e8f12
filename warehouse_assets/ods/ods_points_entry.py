"""One row per entry of the points ledger and delivery."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

TYPES = ["earned", "burnt", "expired", "returned"]


class OdsPointsEntry(m.DeliveredContract):
    """Marketing's points ledger."""

    points_entry_no: m.Text = m.column("Points entry, unique in marketing")
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    entry_type: m.Text = m.column("What made the entry", isin=TYPES)
    business_no: m.Text = m.column("Number of what the row is about: an order, a payment, ...")
    points: m.Integer = m.column("Points that are earned, burnt, ...", ge=0)
    occurred_at: m.Timestamp = m.column("When it happened")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_points_entry = m.table(
    OdsPointsEntry,
    owner="team:marketing",
    source=files("marketing/points_entry", format="parquet"),
    change_log=m.change_log(
        key=("points_entry_no",), sequence="updated_at", event_time="occurred_at"
    ),
    freshness=m.by("02:00"),
    checks=[m.delivered_in_time("occurred_at", days=3)],
)
