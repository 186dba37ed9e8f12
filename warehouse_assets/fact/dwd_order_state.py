"""One row per order: its newest version, whenever it was delivered.

dwd_order shows an order as it was known three days after it was placed; this is how it stands now.
"""

from warehouse_assets import modeling as m


class DwdOrderState(m.StateContract):
    """Orders as they stand."""

    order_no: m.Text = m.key("Order, unique in the order center")
    user_id: m.Integer = m.ref("dim_user", "User; where the row is about an order, its buyer")
    order_status: m.Text = m.column("Where the order stands: created, paid, shipped, ...")
    ordered_at: m.Timestamp = m.column("When the order was placed")
    paid_at: m.Timestamp = m.column("When the money was captured", null=True)
    cancelled_at: m.Timestamp = m.column("When the order was cancelled", null=True)
    shipped_at: m.Timestamp = m.column("When the goods were handed to the carrier", null=True)
    delivered_at: m.Timestamp = m.column("When the goods reached the buyer", null=True)
    payable_amount: m.Money = m.column("What the buyer is to pay: goods - discount + shipping")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    shard_database: m.Integer = m.column("Number of the order center's database the row lies in")
    shard_table: m.Integer = m.column("Number of the table in that database")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


dwd_order_state = m.table(
    DwdOrderState,
    owner="team:trade",
    kind=m.current_state(of="ods_order", merge="deduplicate"),
    freshness=m.by("05:00"),
    sort_by=("order_no",),
)
