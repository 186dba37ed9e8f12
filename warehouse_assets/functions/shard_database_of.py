"""Number of the order center's database in which a buyer's orders belong, from 0."""

from warehouse_assets.modeling import sql_function

shard_database_of = sql_function(
    parameters={"user_id": "BIGINT"},
    returns="BIGINT",
    body="divide_whole(order_hash(user_id), order_tables()) % order_databases()",
)
