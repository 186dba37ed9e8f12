"""How many tables each database of the order center splits its orders over."""

from warehouse_assets.modeling import sql_function

order_tables = sql_function(parameters={}, returns="BIGINT", body="CAST(2 AS BIGINT)")
