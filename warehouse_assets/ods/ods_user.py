"""One row per user and delivery: everybody on the first day, then each user who changed."""

from warehouse_assets import modeling as m, vocabulary as v


class OdsUser(m.DeliveredContract):
    """The user center's change log of users."""

    user_id: m.Integer = m.column(v.user_id)
    vip_level: m.Text = m.column(v.vip_level, isin=["NORMAL", "SILVER", "GOLD", "PLATINUM"])
    city: m.Text = m.column(v.city)
    province: m.Text = m.column(v.province)
    registered_at: m.Timestamp = m.column(v.registered_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_user = m.table(
    OdsUser,
    owner="team:user",
    source=m.files("user_center/user", format="parquet"),
    change_log=m.change_log(key=("user_id",), sequence="updated_at"),
)
