"""One row per order: its latest version, whenever it was delivered.

dwd_order shows an order as it was known three days after it was placed; this is how it stands now.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwdOrderState(m.StateContract):
    """Orders as they stand."""

    order_no: m.Text = m.key(v.order_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    order_status: m.Text = m.column(v.order_status)
    ordered_at: m.Timestamp = m.column(v.ordered_at)
    paid_at: m.Timestamp = m.column(v.paid_at, null=True)
    cancelled_at: m.Timestamp = m.column(v.cancelled_at, null=True)
    shipped_at: m.Timestamp = m.column(v.shipped_at, null=True)
    delivered_at: m.Timestamp = m.column(v.delivered_at, null=True)
    payable_amount: m.Money = m.column(v.payable_amount)
    currency: m.Text = m.column(v.currency)
    shard_database: m.Integer = m.column(v.shard_database)
    shard_table: m.Integer = m.column(v.shard_table)
    updated_at: m.Timestamp = m.column(v.updated_at)


dwd_order_state = m.table(
    DwdOrderState,
    owner="team:trade",
    materialization=m.upsert(of="ods_order", merge="deduplicate"),
    sort_by=("order_no",),
)
