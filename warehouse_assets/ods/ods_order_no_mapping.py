"""One row per order and delivery: where an order lies whose number carries no shard.

Numbers carry their shard since the shop's third day; older orders are found through this table.
"""

from warehouse_assets import modeling as m, vocabulary as v


class OdsOrderNoMapping(m.DeliveredContract):
    """The order center's change log of its mapping from order numbers to shards."""

    order_no: m.Text = m.column(v.order_no)
    user_id: m.Integer = m.column(v.user_id)
    shard_database: m.Integer = m.column(v.shard_database, ge=0)
    shard_table: m.Integer = m.column(v.shard_table, ge=0)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_order_no_mapping = m.table(
    OdsOrderNoMapping,
    owner="team:trade",
    source=m.files("order_center/order_no_mapping", format="csv"),
    change_log=m.change_log(key=("order_no",), sequence="updated_at"),
)
