"""One row per seller and day: the seller as last known at the end of that day."""

from warehouse_assets import modeling as m, vocabulary as v


class DimSeller(m.AsOfDayContract):
    """Sellers as of each day."""

    seller_id: m.Integer = m.key(v.seller_id)
    seller_name: m.Text = m.column(v.seller_name)
    city: m.Text = m.column(v.city)
    province: m.Text = m.column(v.province)
    joined_at: m.Timestamp = m.column(v.joined_at, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_seller = m.table(
    DimSeller,
    owner="team:merchant",
    reads={"ods_seller": m.latest(m.history())},
    sort_by=("seller_id",),
    sql=m.select_from("ods_seller"),
)
