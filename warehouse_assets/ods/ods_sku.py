"""One row per SKU and delivery: all SKUs on the first day, then each that changed."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    must,
    table,
)


class OdsSku(DeliveredContract):
    """The product center's change log of SKUs."""

    sku_id: Integer = column("SKU: the thing that is stocked and sold")
    sku_name: Text = column("Name shown to buyers")
    category_id: Integer = column("Category that SKUs are listed under", null=True)
    list_price: Money = column("Price of one unit before any discount", null=True, ge=0)
    currency: Text = column(
        "Currency of the amounts (ISO 4217)", null=True, str_matches="^[A-Z]{3}$"
    )
    weight_gram: Integer = column("Weight of one unit in grams", null=True, ge=0)
    updated_at: Timestamp = column("When the source last changed the row")


ods_sku = table(
    OdsSku,
    owner="team:product",
    source=files("product_center/sku", format="parquet"),
    change_log=change_log(key=("sku_id",), sequence="updated_at"),
    freshness=by("02:00"),
    checks=[must("price_has_currency", "list_price IS NULL OR currency IS NOT NULL")],
)
