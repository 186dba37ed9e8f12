"""One row per user and day: the user as last known at the end of that day."""

from warehouse_assets import modeling as m


class DimUser(m.Contract):
    """Users as of each day."""

    user_id: m.Integer = m.key("User; where the row is about an order, its buyer")
    vip_level: m.Text = m.column("Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM")
    city: m.Text = m.column("City of the user, or of the seller where the row is about one")
    province: m.Text = m.column("Province or state")
    registered_at: m.Timestamp = m.column("When the user registered")
    updated_at: m.Timestamp = m.column("When the source last changed the row")
    dt: m.Day = m.partition("Business date that the row describes")


dim_user = m.table(
    DimUser,
    owner="team:user",
    reads={"ods_user": m.newest(m.history())},
    freshness=m.by("04:00"),
    serving=m.served(),
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
