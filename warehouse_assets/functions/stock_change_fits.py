"""Whether a stock movement goes the way of its type; an adjustment goes either way."""

from warehouse_assets.modeling import sql_function

stock_change_fits = sql_function(
    parameters={"movement_type": "VARCHAR", "quantity_change": "BIGINT"},
    returns="BOOLEAN",
    body="""
        CASE
            WHEN movement_type = 'out' THEN quantity_change < 0
            WHEN movement_type IN ('in', 'return') THEN quantity_change > 0
            ELSE TRUE
        END
    """,
)
