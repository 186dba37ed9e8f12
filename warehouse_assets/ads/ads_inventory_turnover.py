"""One row per warehouse, SKU and day: how often the stock was turned over in the 30 days up to it.

The mean is over the days that have a level; a SKU without a level on the day itself has no row.
The rate is missing where nothing was in stock, or so little that it was turned over a thousand
times.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsInventoryTurnover(m.Contract):
    """Stock and what was sent out of it."""

    warehouse_code: m.Text = m.key(v.warehouse_code)
    sku_id: m.Integer = m.key(v.sku_id, references="dim_sku")
    level_days_count: m.Integer = m.column("Days with a level, of the last 30", ge=1, le=30)
    last_30_days_out_quantity: m.Integer = m.column("Units sent out in the last 30 days")
    last_30_days_out_amount: m.Money = m.column("Cost of the units sent out in the last 30 days")
    mean_stock_amount: m.Money = m.column("Mean of the stock's value over the days with a level")
    closing_quantity: m.Integer = m.column(v.closing_quantity)
    turnover_rate: m.Rate = m.column(
        "Cost of what was sent out as a share of the mean stock's value; 1 is once", null=True
    )
    currency: m.Text = m.column(v.currency)
    dt: m.Day = m.partition(v.dt_last_of_30)


ads_inventory_turnover = m.table(
    AdsInventoryTurnover,
    owner="team:logistics",
    reads={"dwd_inventory": m.trailing(days=30), "dim_date": m.whole_table()},
    sort_by=("warehouse_code", "sku_id"),
    sql="""
        WITH recent AS (
            SELECT
                i.warehouse_code,
                i.sku_id,
                COUNT(*) AS level_days_count,
                SUM(i.out_quantity) AS out_quantity,
                CAST(SUM(i.unit_cost_amount * i.out_quantity) AS DECIMAL(18, 2)) AS out_amount,
                divide_money(SUM(i.stock_amount), COUNT(*)) AS mean_stock_amount,
                i.currency,
                d.dt
            FROM dim_date AS d
            JOIN dwd_inventory AS i ON i.dt <= d.dt AND i.dt > d.dt - INTERVAL 30 DAY
            WHERE d.dt >= :start AND d.dt < :end
            GROUP BY i.warehouse_code, i.sku_id, i.currency, d.dt
        )
        SELECT
            r.warehouse_code,
            r.sku_id,
            r.level_days_count,
            r.out_quantity AS last_30_days_out_quantity,
            r.out_amount AS last_30_days_out_amount,
            r.mean_stock_amount,
            i.closing_quantity,
            CASE
                WHEN has_rate(r.out_amount, r.mean_stock_amount)
                    THEN divide_rate(r.out_amount, r.mean_stock_amount)
            END AS turnover_rate,
            r.currency,
            r.dt
        FROM recent AS r
        JOIN dwd_inventory AS i
            ON i.warehouse_code = r.warehouse_code
            AND i.sku_id = r.sku_id
            AND i.currency = r.currency
            AND i.dt = r.dt
    """,
)
