"""One row per SKU and delivery: all SKUs on the first day, then each that changed."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m
from warehouse_assets import vocabulary as v


class OdsSku(m.DeliveredContract):
    """The product center's change log of SKUs."""

    sku_id: m.Integer = m.column(v.sku_id)
    sku_name: m.Text = m.column(v.sku_name)
    category_id: m.Integer = m.column(v.category_id, null=True)
    list_price: m.Money = m.column(v.list_price, null=True, ge=0)
    currency: m.Text = m.column(v.currency, null=True, str_matches="^[A-Z]{3}$")
    weight_gram: m.Integer = m.column(v.weight_gram, null=True, ge=0)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_sku = m.table(
    OdsSku,
    owner="team:product",
    source=files("product_center/sku", format="parquet"),
    change_log=m.change_log(key=("sku_id",), sequence="updated_at"),
    freshness=m.by("02:00"),
    checks=[m.check("price_has_currency", "list_price IS NULL OR currency IS NOT NULL")],
)
