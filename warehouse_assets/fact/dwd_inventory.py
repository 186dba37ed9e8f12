"""One row per warehouse, SKU and day: what was in stock, and what changed it since the day before.

The level is what the warehouse counted at the day's end; the movements are those known three days
later. A SKU that moved, or was there the day before, and is not in the day's count has 0. What
was there on the day before the warehouse's first count is not known.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwdInventory(m.Contract):
    """The daily stock level."""

    warehouse_code: m.Text = m.key(v.warehouse_code)
    sku_id: m.Integer = m.key(v.sku_id, references="dim_sku")
    opening_quantity: m.Integer = m.column("Units in stock at the end of the day before", null=True)
    in_quantity: m.Integer = m.column("Units bought in")
    out_quantity: m.Integer = m.column("Units sent out")
    returned_quantity: m.Integer = m.column("Units that came back from buyers")
    adjustment_quantity: m.Integer = m.column("Units added by hand, negative where taken off")
    closing_quantity: m.Integer = m.column(v.closing_quantity)
    unit_cost_amount: m.Money = m.column(v.unit_cost_amount)
    stock_amount: m.Money = m.column("Units in stock at the end of the day x cost of one")
    currency: m.Text = m.column(v.currency)
    dt: m.Day = m.partition(v.dt_moved)


dwd_inventory = m.table(
    DwdInventory,
    owner="team:logistics",
    reads={
        "ods_stock_snapshot": m.latest(m.trailing(days=2), by="delivery"),
        "dwd_stock_movement": m.same_day(),
    },
    sort_by=("warehouse_code", "sku_id"),
    checks=[
        m.check("not_negative", "closing_quantity >= 0", warn=True),
        m.check(
            "movements_explain_level",
            "opening_quantity + in_quantity - out_quantity + returned_quantity"
            " + adjustment_quantity = closing_quantity",
            warn=True,
        ),
    ],
    sql="""
        WITH counts_before AS (
            SELECT
                warehouse_code,
                sku_id,
                stock_quantity,
                unit_cost_amount,
                currency,
                CAST(dt + INTERVAL 1 DAY AS DATE) AS dt
            FROM ods_stock_snapshot
        ),
        counted_before AS (SELECT DISTINCT warehouse_code, dt FROM counts_before),
        moved AS (
            SELECT
                warehouse_code,
                sku_id,
                SUM(CASE WHEN movement_type = 'in' THEN quantity_change ELSE 0 END)
                    AS in_quantity,
                SUM(CASE WHEN movement_type = 'out' THEN -quantity_change ELSE 0 END)
                    AS out_quantity,
                SUM(CASE WHEN movement_type = 'return' THEN quantity_change ELSE 0 END)
                    AS returned_quantity,
                SUM(CASE WHEN movement_type = 'adjustment' THEN quantity_change ELSE 0 END)
                    AS adjustment_quantity,
                MAX(unit_cost_amount) AS unit_cost_amount,
                MAX(currency) AS currency,
                dt
            FROM dwd_stock_movement
            GROUP BY warehouse_code, sku_id, dt
        ),
        stocked AS (
            SELECT warehouse_code, sku_id, dt FROM ods_stock_snapshot
            UNION
            SELECT warehouse_code, sku_id, dt FROM counts_before
            UNION
            SELECT warehouse_code, sku_id, dt FROM moved
        ),
        levels AS (
            SELECT
                s.warehouse_code,
                s.sku_id,
                CASE
                    WHEN b.dt IS NOT NULL THEN b.stock_quantity
                    WHEN d.dt IS NOT NULL THEN 0
                END AS opening_quantity,
                COALESCE(m.in_quantity, 0) AS in_quantity,
                COALESCE(m.out_quantity, 0) AS out_quantity,
                COALESCE(m.returned_quantity, 0) AS returned_quantity,
                COALESCE(m.adjustment_quantity, 0) AS adjustment_quantity,
                COALESCE(c.stock_quantity, 0) AS closing_quantity,
                COALESCE(c.unit_cost_amount, m.unit_cost_amount, b.unit_cost_amount)
                    AS unit_cost_amount,
                COALESCE(c.currency, m.currency, b.currency) AS currency,
                s.dt
            FROM stocked AS s
            LEFT JOIN ods_stock_snapshot AS c
                ON c.warehouse_code = s.warehouse_code AND c.sku_id = s.sku_id AND c.dt = s.dt
            LEFT JOIN counts_before AS b
                ON b.warehouse_code = s.warehouse_code AND b.sku_id = s.sku_id AND b.dt = s.dt
            LEFT JOIN counted_before AS d ON d.warehouse_code = s.warehouse_code AND d.dt = s.dt
            LEFT JOIN moved AS m
                ON m.warehouse_code = s.warehouse_code AND m.sku_id = s.sku_id AND m.dt = s.dt
            WHERE s.dt >= :start AND s.dt < :end
        )
        SELECT
            warehouse_code,
            sku_id,
            opening_quantity,
            in_quantity,
            out_quantity,
            returned_quantity,
            adjustment_quantity,
            closing_quantity,
            unit_cost_amount,
            CAST(unit_cost_amount * closing_quantity AS DECIMAL(18, 2)) AS stock_amount,
            currency,
            dt
        FROM levels
    """,
)
