"""The hash of a buyer by which the order center spreads orders: 0 to 4,294,967,295."""

from warehouse_assets.modeling import sql_function

order_hash = sql_function(
    parameters={"user_id": "BIGINT"},
    returns="BIGINT",
    body="CAST((CAST(user_id AS HUGEINT) * 2654435761) % 4294967296 AS BIGINT)",
)
