"""One row per stock movement, on the business date the stock changed, as known three days later."""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
)


class DwdStockMovement(Contract):
    """What came into the warehouses and what went out."""

    movement_no: Text = key("Stock movement, unique in logistics")
    warehouse_code: Text = column("Warehouse that holds the stock")
    sku_id: Integer = ref("dim_sku", "SKU: the thing that is stocked and sold")
    movement_type: Text = column("Why the stock changed: out, in, ...")
    quantity_change: Integer = column("Units that came in; negative: that went out")
    unit_cost_amount: Money = column("Cost of one unit")
    cost_change_amount: Money = column("Units that came in x cost of one; negative: that went out")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    business_no: Text = column(
        "Number of what the row is about: an order, a payment, ...", null=True
    )
    moved_at: Timestamp = column("When the stock changed")
    dt: Day = partition("Business date of the movement")


dwd_stock_movement = table(
    DwdStockMovement,
    owner="team:logistics",
    reads={"ods_stock_movement": newest(following(days=3))},
    freshness=by("05:00"),
    sort_by=("warehouse_code", "sku_id"),
    checks=[
        should("sign_fits_type", "stock_change_fits(movement_type, quantity_change)"),
        should("cause_known", "movement_type = 'adjustment' OR business_no IS NOT NULL"),
    ],
    sql="""
        SELECT
            movement_no,
            warehouse_code,
            sku_id,
            movement_type,
            quantity_change,
            unit_cost_amount,
            CAST(unit_cost_amount * quantity_change AS DECIMAL(18, 2)) AS cost_change_amount,
            currency,
            business_no,
            moved_at,
            dt
        FROM ods_stock_movement
        WHERE dt >= :start AND dt < :end
    """,
)
