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
    metric_rollup,
    partition,
    ref,
    rollup_source,
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
    sql=metric_rollup(
        by=("sku_id",),
        sources={
            "dws_sku_1d": rollup_source(
                metrics=(
                    "line_order_count",
                    "line_cancelled_order_count",
                    "line_count",
                    "sold_quantity",
                )
            )
        },
        columns={"sku_name": "dim_sku.sku_name", "category_id": "dim_sku.category_id"},
        join="LEFT JOIN dim_sku ON dim_sku.sku_id = spine.sku_id AND dim_sku.dt = spine.dt",
    ),
)
