"""One row per after-sale request, on the business date it was made, as known three days later.

An order line may have several requests.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdAfterSale(m.Contract):
    """What buyers ask to be refunded for, and what was approved."""

    after_sale_no: m.Text = m.key(v.after_sale_no)
    order_line_id: m.Text = m.ref("dwd_order_detail", v.order_line_id)
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    line_no: m.Integer = m.column(v.line_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    after_sale_type: m.Text = m.column(v.after_sale_type)
    after_sale_status: m.Text = m.column(v.after_sale_status)
    after_sale_quantity: m.Integer = m.column(v.after_sale_quantity)
    approved_amount: m.Money = m.column(v.approved_amount)
    currency: m.Text = m.column(v.currency)
    reason: m.Text = m.column(v.reason)
    applied_at: m.Timestamp = m.column(v.applied_at)
    approved_at: m.Timestamp = m.column(v.approved_at, null=True)
    dt: m.Day = m.partition("Business date the buyer asked for the refund")


dwd_after_sale = m.table(
    DwdAfterSale,
    owner="team:trade",
    reads={"ods_after_sale": m.latest(c.delivery_window)},
    sort_by=("order_no",),
    checks=[
        v.approved_has_time,
        v.only_approved_has_amount,
        m.check(
            "approved_after_applied", "approved_at IS NULL OR approved_at >= applied_at", warn=True
        ),
    ],
    sql=m.select_from(
        "ods_after_sale", columns={"order_line_id": "order_line_id(order_no, line_no)"}
    ),
)
