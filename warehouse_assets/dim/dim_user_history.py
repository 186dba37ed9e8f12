"""One row per user and time in which level and place did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. Before the first version that
was delivered nothing is known of a user.
"""

from warehouse_assets.modeling import (
    HistoryContract,
    Integer,
    Text,
    Timestamp,
    by,
    column,
    key,
    table,
    validity_ranges,
)


class DimUserHistory(HistoryContract):
    """Users and when they were what."""

    user_id: Integer = key("User; where the row is about an order, its buyer")
    vip_level: Text = column("Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM")
    city: Text = column("City of the user, or of the seller where the row is about one")
    province: Text = column("Province or state")
    registered_at: Timestamp = column("When the user registered")
    updated_at: Timestamp = column("When the source last changed the row")


dim_user_history = table(
    DimUserHistory,
    owner="team:user",
    kind=validity_ranges(of="ods_user", columns=("vip_level", "city", "province")),
    freshness=by("04:00"),
    sort_by=("user_id",),
)
