"""One row per SKU and delivery: all SKUs on the first day, then each that changed."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsSku(m.DeliveredContract):
    """The product center's change log of SKUs."""

    sku_id: m.Integer = m.column(v.sku_id)
    sku_name: m.Text = m.column(v.sku_name)
    category_id: m.Integer = m.column(v.category_id, null=True)
    list_price: m.Money = m.column(v.list_price, null=True, ge=0)
    currency: m.Text = m.column(v.currency, null=True, str_matches=c.CURRENCY_CODE)
    weight_gram: m.Integer = m.column(v.weight_gram, null=True, ge=0)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_sku = m.table(
    OdsSku,
    owner="team:product",
    source=m.files("product_center/sku", format="parquet"),
    change_log=m.change_log(key=("sku_id",), sequence="updated_at"),
    checks=[m.check("price_has_currency", "list_price IS NULL OR currency IS NOT NULL")],
)
