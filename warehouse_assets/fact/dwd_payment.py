"""One row per captured payment, on the business date of its capture, as known three days later.

An order may be paid in several payments. A capture that is taken back within the three days, by a
newer version that keeps the time of capture, is left out.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdPayment(m.Contract):
    """Captured payments."""

    payment_no: m.Text = m.key(v.payment_no)
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    payment_method: m.Text = m.column(v.payment_method)
    merchant_no: m.Text = m.column(v.merchant_no)
    outward_no: m.Text = m.column(v.outward_no)
    installment_count: m.Integer = m.column(v.installment_count)
    installment_interest_amount: m.Money = m.column(v.installment_interest_amount)
    paid_amount: m.Money = m.column(v.paid_amount)
    currency: m.Text = m.column(v.currency)
    created_at: m.Timestamp = m.column(v.created_at)
    paid_at: m.Timestamp = m.column(v.paid_at)
    dt: m.Day = m.partition(v.paid_date)


dwd_payment = m.table(
    DwdPayment,
    owner="team:payment",
    reads={"ods_payment": m.latest(c.delivery_window, undated="left out")},
    sort_by=("order_no",),
    checks=[m.check("captured_after_begun", "paid_at >= created_at", warn=True)],
    sql=m.select_from(
        "ods_payment",
        columns={"paid_amount": "payment_amount"},
        where="payment_status = 'captured'",
    ),
)
