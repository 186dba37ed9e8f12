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
    partition,
    table,
    whole_table,
)


class DimUser(Contract):
    """Users as of each day."""

    user_id: Integer = key("User")
    vip_level: Text = column("Membership level: NORMAL, SILVER, GOLD or PLATINUM")
    city: Text = column("City")
    province: Text = column("Province or state")
    registered_at: Timestamp = column("When the user registered")
    updated_at: Timestamp = column("When the source last changed the row")
    dt: Day = partition("Business date that the row describes")


dim_user = table(
    DimUser,
    owner="team:user",
    reads={"ods_user": history(), "dim_date": whole_table()},
    freshness=by("04:00"),
    sort_by=("user_id",),
    sql="""
        SELECT
            u.user_id,
            u.vip_level,
            u.city,
            u.province,
            u.registered_at,
            u.updated_at,
            d.dt
        FROM dim_date AS d
        JOIN ods_user AS u ON u.dt <= d.dt
        WHERE d.dt >= :start AND d.dt < :end
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY d.dt, u.user_id
            ORDER BY u.updated_at DESC, u.dt DESC, u.source_file DESC, u.source_line DESC
        ) = 1
    """,
)
