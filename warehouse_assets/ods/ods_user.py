"""One row per user and delivery: everybody on the first day, then each user who changed."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

VIP_LEVELS = ["NORMAL", "SILVER", "GOLD", "PLATINUM"]


class OdsUser(m.DeliveredContract):
    """The user center's change log of users."""

    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    vip_level: m.Text = m.column(
        "Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM", isin=VIP_LEVELS
    )
    city: m.Text = m.column("City of the user, or of the seller where the row is about one")
    province: m.Text = m.column("Province or state")
    registered_at: m.Timestamp = m.column("When the user registered")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_user = m.table(
    OdsUser,
    owner="team:user",
    source=files("user_center/user", format="parquet"),
    change_log=m.change_log(key=("user_id",), sequence="updated_at"),
    freshness=m.by("02:00"),
)
