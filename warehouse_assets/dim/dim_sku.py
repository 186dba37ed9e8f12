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
    partition,
    ref,
    table,
    whole_table,
)


class DimSku(Contract):
    """SKUs as of each day."""

    sku_id: Integer = key("SKU: the thing that is stocked and sold")
    sku_name: Text = column("Name shown to buyers")
    category_id: Integer = ref("dim_category", "Category the SKU is listed under", null=True)
    list_price: Money = column("Price of one unit before any discount", null=True, ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", null=True)
    weight_gram: Integer = column("Weight of one unit in grams", null=True, ge=0)
    updated_at: Timestamp = column("When the source last changed the row")
    dt: Day = partition("Business date that the row describes")


dim_sku = table(
    DimSku,
    owner="team:product",
    reads={"ods_sku": history(), "dim_date": whole_table()},
    freshness=by("04:00"),
    sort_by=("sku_id",),
    sql="""
        SELECT
            s.sku_id,
            s.sku_name,
            s.category_id,
            s.list_price,
            s.currency,
            s.weight_gram,
            s.updated_at,
            d.dt
        FROM dim_date AS d
        JOIN ods_sku AS s ON s.dt <= d.dt
        WHERE d.dt >= :start AND d.dt < :end
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY d.dt, s.sku_id
            ORDER BY s.updated_at DESC, s.dt DESC, s.source_file DESC, s.source_line DESC
        ) = 1
    """,
)
