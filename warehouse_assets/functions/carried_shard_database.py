"""Number of the order center's database that an order's number carries; NULL where it carries none.

A number is O, the date, eight digits, and S with the shard: O2026010300000123S0101.
"""

from warehouse_assets.modeling import sql_function

carried_shard_database = sql_function(
    parameters={"order_no": "VARCHAR"},
    returns="BIGINT",
    body=r"""
        CASE WHEN regexp_matches(order_no, '^O[0-9]{16}S[0-9]{4}\z')
            THEN CAST(substr(order_no, 19, 2) AS BIGINT) END
    """,
)
