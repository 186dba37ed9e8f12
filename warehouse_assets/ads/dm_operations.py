"""One row per SKU and business date: what is asked for, what leaves and what is in stock.

Demand counts on the day of the order, shipping on the day of the shipment, stock at the end of
the day. Quantities do not depend on a currency, so all currencies are in one row.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Text,
    as_of_day,
    by,
    column,
    key,
    measure,
    partition,
    ref,
    same_day,
    served,
    table,
)


class DmOperations(Contract):
    """A SKU's day in the warehouses."""

    sku_id: Integer = key("SKU: the thing that is stocked and sold", references="dim_sku")
    sku_name: Text = column("Name shown to buyers", null=True)
    category_id: Integer = ref("dim_category", "Category that SKUs are listed under", null=True)
    line_order_count: Integer = measure("line_order_count", ge=0)
    line_cancelled_order_count: Integer = measure("line_cancelled_order_count", ge=0)
    line_count: Integer = measure("line_count", ge=0)
    sold_quantity: Integer = measure("sold_quantity")
    shipped_quantity: Integer = measure("shipped_quantity")
    stock_quantity: Integer = measure("stock_quantity")
    dt: Day = partition("Business date of the orders, the shipments and the stock")


dm_operations = table(
    DmOperations,
    owner="team:logistics",
    reads={
        "dws_sku_1d": same_day(),
        "dwd_shipment": same_day(),
        "dwd_inventory": same_day(),
        "dim_sku": as_of_day(),
    },
    freshness=by("06:00"),
    serving=served(),
    sort_by=("sku_id",),
    sql="""
        WITH sold AS (
            SELECT
                dt,
                sku_id,
                MEASURE(line_order_count) AS line_order_count,
                MEASURE(line_cancelled_order_count) AS line_cancelled_order_count,
                MEASURE(line_count) AS line_count,
                MEASURE(sold_quantity) AS sold_quantity
            FROM dws_sku_1d
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, sku_id
        ),
        shipped AS (
            SELECT dt, sku_id, MEASURE(shipped_quantity) AS shipped_quantity
            FROM dwd_shipment
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, sku_id
        ),
        stocked AS (
            SELECT dt, sku_id, MEASURE(stock_quantity) AS stock_quantity
            FROM dwd_inventory
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, sku_id
        ),
        handled AS (
            SELECT dt, sku_id FROM sold
            UNION
            SELECT dt, sku_id FROM shipped
            UNION
            SELECT dt, sku_id FROM stocked
        )
        SELECT
            h.sku_id,
            d.sku_name,
            d.category_id,
            COALESCE(o.line_order_count, 0) AS line_order_count,
            COALESCE(o.line_cancelled_order_count, 0) AS line_cancelled_order_count,
            COALESCE(o.line_count, 0) AS line_count,
            COALESCE(o.sold_quantity, 0) AS sold_quantity,
            COALESCE(s.shipped_quantity, 0) AS shipped_quantity,
            COALESCE(i.stock_quantity, 0) AS stock_quantity,
            h.dt
        FROM handled AS h
        LEFT JOIN sold AS o ON o.dt = h.dt AND o.sku_id = h.sku_id
        LEFT JOIN shipped AS s ON s.dt = h.dt AND s.sku_id = h.sku_id
        LEFT JOIN stocked AS i ON i.dt = h.dt AND i.sku_id = h.sku_id
        LEFT JOIN dim_sku AS d ON d.dt = h.dt AND d.sku_id = h.sku_id
    """,
)
