"""One row per captured payment, on the business date of its capture, as known three days later.

An order may be paid in several payments. A capture that is taken back within the three days, by a
newer version that keeps the time of capture, is left out.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
)


class DwdPayment(Contract):
    """Captured payments."""

    payment_no: Text = key("Payment, unique in the payment center")
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    user_id: Integer = ref("dim_user", "User; where the row is about an order, its buyer")
    payment_method: Text = column("How the buyer paid: card, wallet, voucher, ...")
    merchant_no: Text = column("Account of the platform at the channel")
    outward_no: Text = column("Number of the payment that the channel was sent")
    installment_count: Integer = column("Instalments the buyer pays in")
    installment_interest_amount: Money = column("Interest of instalments, beside what is paid")
    paid_amount: Money = column("Money captured")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    created_at: Timestamp = column("When it was begun")
    paid_at: Timestamp = column("When the money was captured")
    dt: Day = partition("Business date the money was captured")


dwd_payment = table(
    DwdPayment,
    owner="team:payment",
    reads={"ods_payment": newest(following(days=3), undated="left out")},
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[should("captured_after_begun", "paid_at >= created_at")],
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
