"""One row per SKU and day: the SKU as last known at the end of that day."""

from warehouse_assets import modeling as m


class DimSku(m.Contract):
    """SKUs as of each day."""

    sku_id: m.Integer = m.key("SKU: the thing that is stocked and sold")
    sku_name: m.Text = m.column("Name shown to buyers")
    category_id: m.Integer = m.ref("dim_category", "Category that SKUs are listed under", null=True)
    list_price: m.Money = m.column("Price of one unit before any discount", null=True)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", null=True)
    weight_gram: m.Integer = m.column("Weight of one unit in grams", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")
    dt: m.Day = m.partition("Business date that the row describes")


dim_sku = m.table(
    DimSku,
    owner="team:product",
    reads={"ods_sku": m.newest(m.history())},
    freshness=m.by("04:00"),
    serving=m.served(),
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
