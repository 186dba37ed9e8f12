"""The name of an order line: order number, dash, line number."""

from warehouse_assets.modeling import sql_function

order_line_id = sql_function(
    parameters={"order_no": "VARCHAR", "line_no": "BIGINT"},
    returns="VARCHAR",
    body="CONCAT(order_no, '-', CAST(line_no AS VARCHAR))",
)
