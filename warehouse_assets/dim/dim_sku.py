"""One row per SKU and day: the SKU as last known at the end of that day."""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    history,
    key,
    newest,
    partition,
    ref,
    served,
    table,
)


class DimSku(Contract):
    """SKUs as of each day."""

    sku_id: Integer = key("SKU: the thing that is stocked and sold")
    sku_name: Text = column("Name shown to buyers")
    category_id: Integer = ref("dim_category", "Category that SKUs are listed under", null=True)
    list_price: Money = column("Price of one unit before any discount", null=True)
    currency: Text = column("Currency of the amounts (ISO 4217)", null=True)
    weight_gram: Integer = column("Weight of one unit in grams", null=True)
    updated_at: Timestamp = column("When the source last changed the row")
    dt: Day = partition("Business date that the row describes")


dim_sku = table(
    DimSku,
    owner="team:product",
    reads={"ods_sku": newest(history())},
    freshness=by("04:00"),
    serving=served(),
    sort_by=("sku_id",),
    sql="""
        SELECT
            sku_id,
            sku_name,
            category_id,
            list_price,
            currency,
            weight_gram,
            updated_at,
            dt
        FROM ods_sku
        WHERE dt >= :start AND dt < :end
    """,
)
