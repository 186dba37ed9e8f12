"""What an order's number and its buyer say: its lines, and the shard in which it belongs.

A number is O, the date, eight digits, and S with the shard: O2026010300000123S0101.
"""

from warehouse_assets import conventions as c, modeling as m

order_line_id = m.sql_function(
    "The name of an order line: order number, dash, line number.",
    parameters={"order_no": "VARCHAR", "line_no": "BIGINT"},
    returns="VARCHAR",
    body="CONCAT(order_no, '-', CAST(line_no AS VARCHAR))",
)

order_databases = m.sql_function(
    "How many databases the order center has.",
    returns="BIGINT",
    body=f"CAST({c.ORDER_DATABASES} AS BIGINT)",
)

order_tables = m.sql_function(
    "How many tables each database of the order center splits its orders over.",
    returns="BIGINT",
    body=f"CAST({c.ORDER_TABLES} AS BIGINT)",
)

# In halves of 16 bits, which no 64-bit product overflows: 128-bit numbers took ten times as long.
order_hash = m.sql_function(
    "Hash of a buyer by which orders are spread, 0 to 4,294,967,295: id x 2654435761 mod 2^32.",
    parameters={"user_id": "BIGINT"},
    returns="BIGINT",
    body="""
        (
            user_id % 65536 * 2654435761
            + divide_whole(user_id, 65536) % 65536 * 31153 % 65536 * 65536
        ) % 4294967296
    """,
)

shard_database_of = m.sql_function(
    "Number of the order center's database in which a buyer's orders belong, from 0.",
    parameters={"user_id": "BIGINT"},
    returns="BIGINT",
    body="divide_whole(order_hash(user_id), order_tables()) % order_databases()",
)

shard_table_of = m.sql_function(
    "Number of the table in its database in which a buyer's orders belong, from 0.",
    parameters={"user_id": "BIGINT"},
    returns="BIGINT",
    body="order_hash(user_id) % order_tables()",
)


def _carried(doc: str, first: int) -> m.SqlFunction:
    """Two digits of an order's number, which is O, 16 digits, S and the shard's four digits."""
    return m.sql_function(
        doc,
        parameters={"order_no": "VARCHAR"},
        returns="BIGINT",
        body=rf"""
        CASE WHEN regexp_matches(order_no, '^O[0-9]{{16}}S[0-9]{{4}}\z')
            THEN CAST(substr(order_no, {first}, 2) AS BIGINT) END
    """,
    )


carried_shard_database = _carried(
    "Number of the database that an order's number carries; NULL where it carries none.", 19
)
carried_shard_table = _carried(
    "Number of the table in its database that an order's number carries; NULL where none.", 21
)
