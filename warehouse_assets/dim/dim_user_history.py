"""One row per user and time in which level and place did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. Before the first version that
was delivered nothing is known of a user.
"""

from warehouse_assets import modeling as m


class DimUserHistory(m.HistoryContract):
    """Users and when they were what."""

    user_id: m.Integer = m.key("User; where the row is about an order, its buyer")
    vip_level: m.Text = m.column("Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM")
    city: m.Text = m.column("City of the user, or of the seller where the row is about one")
    province: m.Text = m.column("Province or state")
    registered_at: m.Timestamp = m.column("When the user registered")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


dim_user_history = m.table(
    DimUserHistory,
    owner="team:user",
    kind=m.validity_ranges(of="ods_user", columns=("vip_level", "city", "province")),
    freshness=m.by("04:00"),
    sort_by=("user_id",),
)
