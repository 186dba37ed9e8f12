"""One row per stock movement and delivery: units of a SKU that enter or leave a warehouse."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m
from warehouse_assets import vocabulary as v

TYPES = ["out", "in", "return", "adjustment"]


class OdsStockMovement(m.DeliveredContract):
    """Logistics' change log of stock movements."""

    movement_no: m.Text = m.column(v.movement_no)
    warehouse_code: m.Text = m.column(v.warehouse_code)
    sku_id: m.Integer = m.column(v.sku_id)
    movement_type: m.Text = m.column(v.movement_type, isin=TYPES)
    quantity_change: m.Integer = m.column(v.quantity_change)
    unit_cost_amount: m.Money = m.column(v.unit_cost_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches="^[A-Z]{3}$")
    business_no: m.Text = m.column(v.business_no, null=True)
    moved_at: m.Timestamp = m.column(v.moved_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_stock_movement = m.table(
    OdsStockMovement,
    owner="team:logistics",
    source=files("logistics/stock_movement", format="parquet"),
    change_log=m.change_log(key=("movement_no",), sequence="updated_at", event_time="moved_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("moved_at", days=3),
        m.check("sign_fits_type", "stock_change_fits(movement_type, quantity_change)", warn=True),
    ],
)
