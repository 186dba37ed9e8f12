"""One row per order and shard it lies in but does not belong in, on the date it was placed.

An order belongs in the shard that its number carries, that the mapping table has for it, and that
its buyer's hash gives; where one of them says another shard than the one it lies in, the order is
misplaced there. An order in two shards is misplaced in at least one of them.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class AdsMisplacedOrder(m.Contract):
    """Orders in the wrong shard of the order center, or in two."""

    order_no: m.Text = m.key(v.order_no)
    shard_database: m.Integer = m.key(v.shard_database)
    shard_table: m.Integer = m.key(v.shard_table)
    right_shard_database: m.Integer = m.column("Number of the database the order belongs in")
    right_shard_table: m.Integer = m.column("Number of the table the order belongs in")
    known_by: m.Text = m.column(
        "What says where it belongs", isin=["order_no", "mapping", "user_id"]
    )
    shard_count: m.Integer = m.column("Shards that the order lies in", ge=1)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    updated_at: m.Timestamp = m.column(v.updated_at)
    dt: m.Day = m.partition(v.ordered_date)


ads_misplaced_order = m.table(
    AdsMisplacedOrder,
    owner="team:trade",
    reads={
        "ods_order": m.latest(c.delivery_window, per=("shard_database", "shard_table")),
        "ods_order_no_mapping": m.latest(c.delivery_window, by="day"),
    },
    sql="""
        WITH judged AS (
            SELECT
                o.order_no,
                o.shard_database,
                o.shard_table,
                o.user_id,
                o.updated_at,
                COUNT(*) OVER (PARTITION BY o.order_no, o.dt) AS shard_count,
                o.dt,
                m.shard_database AS mapped_database,
                m.shard_table AS mapped_table,
                CASE
                    WHEN carried_shard_database(o.order_no) <> o.shard_database
                        OR carried_shard_table(o.order_no) <> o.shard_table THEN 'order_no'
                    WHEN m.shard_database <> o.shard_database
                        OR m.shard_table <> o.shard_table THEN 'mapping'
                    WHEN shard_database_of(o.user_id) <> o.shard_database
                        OR shard_table_of(o.user_id) <> o.shard_table THEN 'user_id'
                END AS known_by
            FROM ods_order AS o
            LEFT JOIN ods_order_no_mapping AS m ON m.order_no = o.order_no AND m.dt = o.dt
            WHERE o.dt >= :start AND o.dt < :end
        )
        SELECT
            order_no,
            shard_database,
            shard_table,
            CASE known_by
                WHEN 'order_no' THEN carried_shard_database(order_no)
                WHEN 'mapping' THEN mapped_database
                ELSE shard_database_of(user_id)
            END AS right_shard_database,
            CASE known_by
                WHEN 'order_no' THEN carried_shard_table(order_no)
                WHEN 'mapping' THEN mapped_table
                ELSE shard_table_of(user_id)
            END AS right_shard_table,
            known_by,
            shard_count,
            user_id,
            updated_at,
            dt
        FROM judged
        WHERE known_by IS NOT NULL
    """,
)
