"""One row per user and day: the user as last known at the end of that day."""

from warehouse_assets import modeling as m, vocabulary as v


class DimUser(m.AsOfDayContract):
    """Users as of each day."""

    user_id: m.Integer = m.key(v.user_id)
    vip_level: m.Text = m.column(v.vip_level)
    city: m.Text = m.column(v.city)
    province: m.Text = m.column(v.province)
    registered_at: m.Timestamp = m.column(v.registered_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_user = m.table(
    DimUser,
    owner="team:user",
    reads={"ods_user": m.latest(m.history())},
    sort_by=("user_id",),
    sql=m.select_from("ods_user"),
)
