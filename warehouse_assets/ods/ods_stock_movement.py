"""One row per stock movement and delivery: units of a SKU that enter or leave a warehouse."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

TYPES = ["out", "in", "return", "adjustment"]


class OdsStockMovement(m.DeliveredContract):
    """Logistics' change log of stock movements."""

    movement_no: m.Text = m.column("Stock movement, unique in logistics")
    warehouse_code: m.Text = m.column("Warehouse that holds the stock")
    sku_id: m.Integer = m.column("SKU: the thing that is stocked and sold")
    movement_type: m.Text = m.column("Why the stock changed: out, in, ...", isin=TYPES)
    quantity_change: m.Integer = m.column("Units that came in; negative: that went out")
    unit_cost_amount: m.Money = m.column("Cost of one unit", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    business_no: m.Text = m.column(
        "Number of what the row is about: an order, a payment, ...", null=True
    )
    moved_at: m.Timestamp = m.column("When the stock changed")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_stock_movement = m.table(
    OdsStockMovement,
    owner="team:logistics",
    source=files("logistics/stock_movement", format="parquet"),
    change_log=m.change_log(key=("movement_no",), sequence="updated_at", event_time="moved_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("moved_at", days=3),
        m.should("sign_fits_type", "stock_change_fits(movement_type, quantity_change)"),
    ],
)
