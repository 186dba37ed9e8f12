"""One row per user and day: the user as last known at the end of that day."""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Text,
    Timestamp,
    by,
    column,
    history,
    key,
    newest,
    partition,
    served,
    table,
)


class DimUser(Contract):
    """Users as of each day."""

    user_id: Integer = key("User; where the row is about an order, its buyer")
    vip_level: Text = column("Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM")
    city: Text = column("City of the user, or of the seller where the row is about one")
    province: Text = column("Province or state")
    registered_at: Timestamp = column("When the user registered")
    updated_at: Timestamp = column("When the source last changed the row")
    dt: Day = partition("Business date that the row describes")


dim_user = table(
    DimUser,
    owner="team:user",
    reads={"ods_user": newest(history())},
    freshness=by("04:00"),
    serving=served(),
    sort_by=("user_id",),
    sql="""
        SELECT
            user_id,
            vip_level,
            city,
            province,
            registered_at,
            updated_at,
            dt
        FROM ods_user
        WHERE dt >= :start AND dt < :end
    """,
)
