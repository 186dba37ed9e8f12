"""One row per SKU and business date: what is asked for, what leaves and what is in stock.

Demand counts on the day of the order, shipping on the day of the shipment, stock at the end of
the day. Quantities do not depend on a currency, so all currencies are in one row.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DmOperations(m.Contract):
    """A SKU's day in the warehouses."""

    sku_id: m.Integer = m.key(v.sku_id, references="dim_sku")
    sku_name: m.Text = m.column(v.sku_name, null=True)
    category_id: m.Integer = m.ref("dim_category", v.category_id, null=True)
    line_order_count: m.Integer = m.measure("line_order_count", ge=0)
    line_cancelled_order_count: m.Integer = m.measure("line_cancelled_order_count", ge=0)
    line_count: m.Integer = m.measure("line_count", ge=0)
    sold_quantity: m.Integer = m.measure("sold_quantity")
    shipped_quantity: m.Integer = m.measure("shipped_quantity")
    stock_quantity: m.Integer = m.measure("stock_quantity")
    dt: m.Day = m.partition(
        "Business date the orders were placed, the goods shipped; stock is that at its end"
    )


dm_operations = m.table(
    DmOperations,
    owner="team:logistics",
    reads={
        "dws_sku_1d": m.same_day(),
        "dwd_shipment": m.same_day(),
        "dwd_inventory": m.same_day(),
        "dim_sku": m.as_of_day(),
    },
    sort_by=("sku_id",),
    sql=m.metric_rollup(
        by=("sku_id",),
        sources={
            "dws_sku_1d": m.rollup_source(
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
