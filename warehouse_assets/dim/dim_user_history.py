"""One row per user and time in which level and place did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. Before the first version that
was delivered nothing is known of a user.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DimUserHistory(m.HistoryContract):
    """Users and when they were what."""

    user_id: m.Integer = m.key(v.user_id)
    vip_level: m.Text = m.column(v.vip_level)
    city: m.Text = m.column(v.city)
    province: m.Text = m.column(v.province)
    registered_at: m.Timestamp = m.column(v.registered_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_user_history = m.table(
    DimUserHistory,
    owner="team:user",
    materialization=m.scd2(of="ods_user", columns=("vip_level", "city", "province")),
    sort_by=("user_id",),
)
