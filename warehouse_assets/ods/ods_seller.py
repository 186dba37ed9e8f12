"""One row per seller and delivery: all sellers on the first day, then each that changed."""

from warehouse_assets import modeling as m, vocabulary as v


class OdsSeller(m.DeliveredContract):
    """The merchant center's change log of sellers."""

    seller_id: m.Integer = m.column(v.seller_id)
    seller_name: m.Text = m.column(v.seller_name)
    city: m.Text = m.column(v.city)
    province: m.Text = m.column(v.province)
    joined_at: m.Timestamp = m.column(v.joined_at, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_seller = m.table(
    OdsSeller,
    owner="team:merchant",
    source=m.files("merchant_center/seller", format="jsonl"),
    change_log=m.change_log(key=("seller_id",), sequence="updated_at"),
)
