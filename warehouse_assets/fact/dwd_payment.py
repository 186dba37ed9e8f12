"""One row per captured payment, on the business date of its capture, as known three days later.

An order may be paid in several payments. A capture that is taken back within the three days, by a
newer version that keeps the time of capture, is left out.
"""

from warehouse_assets import modeling as m


class DwdPayment(m.Contract):
    """Captured payments."""

    payment_no: m.Text = m.key("Payment, unique in the payment center")
    order_no: m.Text = m.ref("dwd_order", "Order, unique in the order center")
    user_id: m.Integer = m.ref("dim_user", "User; where the row is about an order, its buyer")
    payment_method: m.Text = m.column("How the buyer paid: card, wallet, voucher, ...")
    merchant_no: m.Text = m.column("Account of the platform at the channel")
    outward_no: m.Text = m.column("Number of the payment that the channel was sent")
    installment_count: m.Integer = m.column("Instalments the buyer pays in")
    installment_interest_amount: m.Money = m.column("Interest of instalments, beside what is paid")
    paid_amount: m.Money = m.column("Money captured")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    created_at: m.Timestamp = m.column("When it was begun")
    paid_at: m.Timestamp = m.column("When the money was captured")
    dt: m.Day = m.partition("Business date the money was captured")


dwd_payment = m.table(
    DwdPayment,
    owner="team:payment",
    reads={"ods_payment": m.newest(m.following(days=3), undated="left out")},
    freshness=m.by("05:00"),
    sort_by=("order_no",),
    checks=[m.should("captured_after_begun", "paid_at >= created_at")],
    sql="""
        SELECT
            payment_no,
            order_no,
            user_id,
            payment_method,
            merchant_no,
            outward_no,
            installment_count,
            installment_interest_amount,
            payment_amount AS paid_amount,
            currency,
            created_at,
            paid_at,
            dt
        FROM ods_payment
        WHERE payment_status = 'captured' AND dt >= :start AND dt < :end
    """,
)
