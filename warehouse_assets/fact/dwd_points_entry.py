"""One row per points entry, on the business date it happened, as known three days later.

The only place that says which entries add points and which take them.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdPointsEntry(m.Contract):
    """Points that users earn, burn, lose and get back."""

    points_entry_no: m.Text = m.key(v.points_entry_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    entry_type: m.Text = m.column(v.entry_type)
    business_no: m.Text = m.column(v.business_no)
    points: m.Integer = m.column(v.points)
    points_change: m.Integer = m.column("Points that are added; negative: that are taken")
    occurred_at: m.Timestamp = m.column(v.occurred_at)
    dt: m.Day = m.partition(v.dt_occurred)


dwd_points_entry = m.table(
    DwdPointsEntry,
    owner="team:marketing",
    reads={"ods_points_entry": m.latest(c.delivery_window)},
    sort_by=("user_id",),
    sql=m.select_from(
        "ods_points_entry",
        columns={
            "points_change": """
                CASE
                    WHEN entry_type IN ('earned', 'returned') THEN points
                    WHEN entry_type IN ('burnt', 'expired') THEN -points
                END
            """,
        },
    ),
)
