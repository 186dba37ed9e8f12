"""One row per after-sale request and delivery: each request made or changed.

A request is for one order line: the money back, or the money back for returned goods. It may be
delivered any number of times; dwd_after_sale takes its latest version.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsAfterSale(m.DeliveredContract):
    """The order center's change log of after-sale requests."""

    after_sale_no: m.Text = m.column(v.after_sale_no)
    order_no: m.Text = m.column(v.order_no)
    line_no: m.Integer = m.column(v.line_no, ge=1)
    user_id: m.Integer = m.column(v.user_id)
    after_sale_type: m.Text = m.column(v.after_sale_type, isin=["refund_only", "return"])
    after_sale_status: m.Text = m.column(
        v.after_sale_status, isin=["applied", "approved", "rejected"]
    )
    after_sale_quantity: m.Integer = m.column(v.after_sale_quantity, ge=1)
    approved_amount: m.Money = m.column(v.approved_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    reason: m.Text = m.column(v.reason)
    applied_at: m.Timestamp = m.column(v.applied_at)
    approved_at: m.Timestamp = m.column(v.approved_at, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)
    shard_database: m.Integer = m.column(v.shard_database)
    shard_table: m.Integer = m.column(v.shard_table)


ods_after_sale = m.table(
    OdsAfterSale,
    owner="team:trade",
    source=m.files(
        "order_center/after_sale",
        format="parquet",
        folders=c.SHARD_FOLDERS,
        complete=c.every_shard,
        columns={"after_sale_quantity": "quantity"},
    ),
    change_log=m.change_log(key=("after_sale_no",), sequence="updated_at", event_time="applied_at"),
    checks=[v.approved_has_time, v.only_approved_has_amount],
)
