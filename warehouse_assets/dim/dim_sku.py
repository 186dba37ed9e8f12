"""One row per SKU and day: the SKU as last known at the end of that day."""

from warehouse_assets import modeling as m, vocabulary as v


class DimSku(m.AsOfDayContract):
    """SKUs as of each day."""

    sku_id: m.Integer = m.key(v.sku_id)
    sku_name: m.Text = m.column(v.sku_name)
    category_id: m.Integer = m.ref("dim_category", v.category_id, null=True)
    list_price: m.Money = m.column(v.list_price, null=True)
    currency: m.Text = m.column(v.currency, null=True)
    weight_gram: m.Integer = m.column(v.weight_gram, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_sku = m.table(
    DimSku,
    owner="team:product",
    reads={"ods_sku": m.latest(m.history())},
    sort_by=("sku_id",),
    sql=m.select_from("ods_sku"),
)
