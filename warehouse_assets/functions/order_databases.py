"""How many databases the order center has."""

from warehouse_assets.modeling import sql_function

order_databases = sql_function(parameters={}, returns="BIGINT", body="CAST(2 AS BIGINT)")
