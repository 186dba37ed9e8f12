"""Number of the table in its database in which a buyer's orders belong, from 0."""

from warehouse_assets.modeling import sql_function

shard_table_of = sql_function(
    parameters={"user_id": "BIGINT"},
    returns="BIGINT",
    body="order_hash(user_id) % order_tables()",
)
