"""One row per order and delivery: where an order lies whose number carries no shard.

Numbers carry their shard since the shop's third day; older orders are found through this table.
"""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsOrderNoMapping(m.DeliveredContract):
    """The order center's change log of its mapping from order numbers to shards."""

    order_no: m.Text = m.column("Order, unique in the order center")
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    shard_database: m.Integer = m.column(
        "Number of the order center's database the row lies in", ge=0
    )
    shard_table: m.Integer = m.column("Number of the table in that database", ge=0)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_order_no_mapping = m.table(
    OdsOrderNoMapping,
    owner="team:trade",
    source=files("order_center/order_no_mapping", format="csv"),
    change_log=m.change_log(key=("order_no",), sequence="updated_at"),
    freshness=m.by("02:00"),
)
