"""One row per entry of the points ledger and delivery."""

from warehouse_assets import modeling as m, vocabulary as v


class OdsPointsEntry(m.DeliveredContract):
    """Marketing's points ledger."""

    points_entry_no: m.Text = m.column(v.points_entry_no)
    user_id: m.Integer = m.column(v.user_id)
    entry_type: m.Text = m.column(v.entry_type, isin=["earned", "burnt", "expired", "returned"])
    business_no: m.Text = m.column(v.business_no)
    points: m.Integer = m.column(v.points, ge=0)
    occurred_at: m.Timestamp = m.column(v.occurred_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_points_entry = m.table(
    OdsPointsEntry,
    owner="team:marketing",
    source=m.files("marketing/points_entry", format="parquet"),
    change_log=m.change_log(
        key=("points_entry_no",), sequence="updated_at", event_time="occurred_at"
    ),
)
