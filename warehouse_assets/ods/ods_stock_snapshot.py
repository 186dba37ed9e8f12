"""One row per warehouse and SKU, every day: the stock at the end of the day."""

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
    guard,
    should,
    table,
)


class OdsStockSnapshot(DeliveredContract):
    """Logistics' full snapshot of the stock."""

    warehouse_code: Text = column("Warehouse that holds the stock")
    sku_id: Integer = column("SKU: the thing that is stocked and sold")
    stock_quantity: Integer = column("Units in stock at the end of the day")
    unit_cost_amount: Money = column("Cost of one unit", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    updated_at: Timestamp = column("When the source last changed the row")


ods_stock_snapshot = table(
    OdsStockSnapshot,
    owner="team:logistics",
    source=files("logistics/stock_snapshot", format="parquet"),
    change_log=change_log(key=("warehouse_code", "sku_id"), sequence="updated_at"),
    freshness=by("02:00"),
    checks=[
        guard("has_stock", "COUNT(*) > 0", warn=True),
        should("stock_not_negative", "stock_quantity >= 0"),
    ],
)
