"""One row per user and delivery: everybody on the first day, then each user who changed."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    table,
)

VIP_LEVELS = ["NORMAL", "SILVER", "GOLD", "PLATINUM"]


class OdsUser(DeliveredContract):
    """The user center's change log of users."""

    user_id: Integer = column("User; where the row is about an order, its buyer")
    vip_level: Text = column(
        "Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM", isin=VIP_LEVELS
    )
    city: Text = column("City of the user, or of the seller where the row is about one")
    province: Text = column("Province or state")
    registered_at: Timestamp = column("When the user registered")
    updated_at: Timestamp = column("When the source last changed the row")


ods_user = table(
    OdsUser,
    owner="team:user",
    source=files("user_center/user", format="parquet"),
    change_log=change_log(key=("user_id",), sequence="updated_at"),
    freshness=by("02:00"),
)
