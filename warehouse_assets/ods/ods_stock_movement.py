"""One row per stock movement and delivery: units of a SKU that enter or leave a warehouse."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsStockMovement(m.DeliveredContract):
    """Logistics' change log of stock movements."""

    movement_no: m.Text = m.column(v.movement_no)
    warehouse_code: m.Text = m.column(v.warehouse_code)
    sku_id: m.Integer = m.column(v.sku_id)
    movement_type: m.Text = m.column(v.movement_type, isin=["out", "in", "return", "adjustment"])
    quantity_change: m.Integer = m.column(v.quantity_change)
    unit_cost_amount: m.Money = m.column(v.unit_cost_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    business_no: m.Text = m.column(v.business_no, null=True)
    moved_at: m.Timestamp = m.column(v.moved_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_stock_movement = m.table(
    OdsStockMovement,
    owner="team:logistics",
    source=m.files("logistics/stock_movement", format="parquet"),
    change_log=m.change_log(key=("movement_no",), sequence="updated_at", event_time="moved_at"),
    checks=[v.sign_fits_type],
)
