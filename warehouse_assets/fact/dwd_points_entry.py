"""One row per points entry, on the business date it happened, as known three days later.

The only place that says which entries add points and which take them.
"""

from warehouse_assets import modeling as m


class DwdPointsEntry(m.Contract):
    """Points that users earn, burn, lose and get back."""

    points_entry_no: m.Text = m.key("Points entry, unique in marketing")
    user_id: m.Integer = m.ref("dim_user", "User; where the row is about an order, its buyer")
    entry_type: m.Text = m.column("What made the entry")
    business_no: m.Text = m.column("Number of what the row is about: an order, a payment, ...")
    points: m.Integer = m.column("Points that are earned, burnt, ...")
    points_change: m.Integer = m.column("Points that are added; negative: that are taken")
    occurred_at: m.Timestamp = m.column("When it happened")
    dt: m.Day = m.partition("Business date it happened")


dwd_points_entry = m.table(
    DwdPointsEntry,
    owner="team:marketing",
    reads={"ods_points_entry": m.newest(m.following(days=3))},
    freshness=m.by("05:00"),
    sort_by=("user_id",),
    sql="""
        SELECT
            points_entry_no,
            user_id,
            entry_type,
            business_no,
            points,
            CASE
                WHEN entry_type IN ('earned', 'returned') THEN points
                WHEN entry_type IN ('burnt', 'expired') THEN -points
            END AS points_change,
            occurred_at,
            dt
        FROM ods_points_entry
        WHERE dt >= :start AND dt < :end
    """,
)
