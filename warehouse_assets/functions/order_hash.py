"""The hash of a buyer by which the order center spreads orders: 0 to 4,294,967,295.

user_id * 2654435761 modulo 2^32, taken in halves of 16 bits that no 64-bit product overflows: with
128-bit numbers it took ten times as long.
"""

from warehouse_assets.modeling import sql_function

order_hash = sql_function(
    parameters={"user_id": "BIGINT"},
    returns="BIGINT",
    body="""
        (
            user_id % 65536 * 2654435761
            + divide_whole(user_id, 65536) % 65536 * 31153 % 65536 * 65536
        ) % 4294967296
    """,
)
