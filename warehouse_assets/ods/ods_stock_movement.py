"""One row per stock movement and delivery: units of a SKU that enter or leave a warehouse."""

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
    delivered_in_time,
    should,
    table,
)

TYPES = ["out", "in", "return", "adjustment"]


class OdsStockMovement(DeliveredContract):
    """Logistics' change log of stock movements."""

    movement_no: Text = column("Stock movement, unique in logistics")
    warehouse_code: Text = column("Warehouse that holds the stock")
    sku_id: Integer = column("SKU: the thing that is stocked and sold")
    movement_type: Text = column("Why the stock changed: out, in, ...", isin=TYPES)
    quantity_change: Integer = column("Units that came in; negative: that went out")
    unit_cost_amount: Money = column("Cost of one unit", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    business_no: Text = column(
        "Number of what the row is about: an order, a payment, ...", null=True
    )
    moved_at: Timestamp = column("When the stock changed")
    updated_at: Timestamp = column("When the source last changed the row")


ods_stock_movement = table(
    OdsStockMovement,
    owner="team:logistics",
    source=files("logistics/stock_movement", format="parquet"),
    change_log=change_log(key=("movement_no",), sequence="updated_at", event_time="moved_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("moved_at", days=3),
        should("sign_fits_type", "stock_change_fits(movement_type, quantity_change)"),
    ],
)
