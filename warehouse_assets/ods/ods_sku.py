"""One row per SKU and delivery: all SKUs on the first day, then each that changed."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsSku(m.DeliveredContract):
    """The product center's change log of SKUs."""

    sku_id: m.Integer = m.column("SKU: the thing that is stocked and sold")
    sku_name: m.Text = m.column("Name shown to buyers")
    category_id: m.Integer = m.column("Category that SKUs are listed under", null=True)
    list_price: m.Money = m.column("Price of one unit before any discount", null=True, ge=0)
    currency: m.Text = m.column(
        "Currency of the amounts (ISO 4217)", null=True, str_matches="^[A-Z]{3}$"
    )
    weight_gram: m.Integer = m.column("Weight of one unit in grams", null=True, ge=0)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_sku = m.table(
    OdsSku,
    owner="team:product",
    source=files("product_center/sku", format="parquet"),
    change_log=m.change_log(key=("sku_id",), sequence="updated_at"),
    freshness=m.by("02:00"),
    checks=[m.must("price_has_currency", "list_price IS NULL OR currency IS NOT NULL")],
)
