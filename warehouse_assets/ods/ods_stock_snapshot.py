"""One row per warehouse and SKU, every day: the stock at the end of the day."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m
from warehouse_assets import vocabulary as v


class OdsStockSnapshot(m.DeliveredContract):
    """Logistics' full snapshot of the stock."""

    warehouse_code: m.Text = m.column(v.warehouse_code)
    sku_id: m.Integer = m.column(v.sku_id)
    stock_quantity: m.Integer = m.column(v.closing_quantity)
    unit_cost_amount: m.Money = m.column(v.unit_cost_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches="^[A-Z]{3}$")
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_stock_snapshot = m.table(
    OdsStockSnapshot,
    owner="team:logistics",
    source=files("logistics/stock_snapshot", format="parquet"),
    change_log=m.change_log(key=("warehouse_code", "sku_id"), sequence="updated_at"),
    freshness=m.by("02:00"),
    checks=[
        m.guard("has_stock", "COUNT(*) > 0", warn=True),
        m.check("stock_not_negative", "stock_quantity >= 0", warn=True),
    ],
)
