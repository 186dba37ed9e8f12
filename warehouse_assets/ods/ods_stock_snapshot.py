"""One row per warehouse and SKU, every day: the stock at the end of the day."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsStockSnapshot(m.DeliveredContract):
    """Logistics' full snapshot of the stock."""

    warehouse_code: m.Text = m.column(v.warehouse_code)
    sku_id: m.Integer = m.column(v.sku_id)
    stock_quantity: m.Integer = m.column(v.closing_quantity)
    unit_cost_amount: m.Money = m.column(v.unit_cost_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_stock_snapshot = m.table(
    OdsStockSnapshot,
    owner="team:logistics",
    source=m.files("logistics/stock_snapshot", format="parquet"),
    change_log=m.change_log(key=("warehouse_code", "sku_id"), sequence="updated_at"),
    checks=[
        m.guard("has_stock", "COUNT(*) > 0", warn=True),
        m.check("stock_not_negative", "stock_quantity >= 0", warn=True),
    ],
)
