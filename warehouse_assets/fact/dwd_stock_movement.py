"""One row per stock movement, on the business date the stock changed, as known three days later."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdStockMovement(m.Contract):
    """What came into the warehouses and what went out."""

    movement_no: m.Text = m.key(v.movement_no)
    warehouse_code: m.Text = m.column(v.warehouse_code)
    sku_id: m.Integer = m.ref("dim_sku", v.sku_id)
    movement_type: m.Text = m.column(v.movement_type)
    quantity_change: m.Integer = m.column(v.quantity_change)
    unit_cost_amount: m.Money = m.column(v.unit_cost_amount)
    cost_change_amount: m.Money = m.column(
        "Units that came in x cost of one; negative: that went out"
    )
    currency: m.Text = m.column(v.currency)
    business_no: m.Text = m.column(v.business_no, null=True)
    moved_at: m.Timestamp = m.column(v.moved_at)
    dt: m.Day = m.partition("Business date the stock changed")


dwd_stock_movement = m.table(
    DwdStockMovement,
    owner="team:logistics",
    reads={"ods_stock_movement": m.latest(c.delivery_window)},
    sort_by=("warehouse_code", "sku_id"),
    checks=[
        v.sign_fits_type,
        m.check(
            "cause_known", "movement_type = 'adjustment' OR business_no IS NOT NULL", warn=True
        ),
    ],
    sql=m.select_from(
        "ods_stock_movement",
        columns={
            "cost_change_amount": "CAST(unit_cost_amount * quantity_change AS DECIMAL(18, 2))"
        },
    ),
)
