"""SQL of what the sources of trade deliver: each a SELECT over the life of a slice of orders.

Each gives the columns of the landing format in their order. The sources of a sharded order center
have `shard_number` beside them, which says in which folder a row lies.
"""
