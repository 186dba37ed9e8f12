"""One row per order: its newest version, whenever it was delivered.

dwd_order shows an order as it was known three days after it was placed; this is how it stands now.
"""

from warehouse_assets.modeling import (
    Integer,
    Money,
    StateContract,
    Text,
    Timestamp,
    by,
    column,
    current_state,
    key,
    ref,
    table,
)


class DwdOrderState(StateContract):
    """Orders as they stand."""

    order_no: Text = key("Order, unique in the order center")
    user_id: Integer = ref("dim_user", "User; where the row is about an order, its buyer")
    order_status: Text = column("Where the order stands: created, paid, shipped, ...")
    ordered_at: Timestamp = column("When the order was placed")
    paid_at: Timestamp = column("When the money was captured", null=True)
    cancelled_at: Timestamp = column("When the order was cancelled", null=True)
    shipped_at: Timestamp = column("When the goods were handed to the carrier", null=True)
    delivered_at: Timestamp = column("When the goods reached the buyer", null=True)
    payable_amount: Money = column("What the buyer is to pay: goods - discount + shipping")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    shard_database: Integer = column("Number of the order center's database the row lies in")
    shard_table: Integer = column("Number of the table in that database")
    updated_at: Timestamp = column("When the source last changed the row")


dwd_order_state = table(
    DwdOrderState,
    owner="team:trade",
    kind=current_state(of="ods_order", merge="deduplicate"),
    freshness=by("05:00"),
    sort_by=("order_no",),
)
