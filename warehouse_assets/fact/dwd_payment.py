"""One row per captured payment, on the business date of its capture, as known three days later.

An order may be paid in several payments. A payment that a newer version, delivered within the
three days, no longer shows as captured is left out.
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
    partition,
    ref,
    should,
    table,
)


class DwdPayment(Contract):
    """Captured payments."""

    payment_no: Text = key("Payment, unique in the payment center")
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    user_id: Integer = ref("dim_user", "Buyer")
    payment_method: Text = column("How the buyer paid: card, wallet, voucher, ...")
    installment_count: Integer = column("Instalments the buyer pays in", ge=0)
    paid_amount: Money = column("Money captured", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)")
    created_at: Timestamp = column("When the payment was begun")
    paid_at: Timestamp = column("When the money was captured")
    dt: Day = partition("Business date the money was captured")


dwd_payment = table(
    DwdPayment,
    owner="team:payment",
    reads={"ods_payment": following(days=3)},
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[should("captured_after_begun", "paid_at >= created_at")],
    sql="""
        WITH captured AS (
            SELECT
                p.payment_no,
                p.order_no,
                p.user_id,
                p.payment_method,
                p.installment_count,
                p.paid_amount,
                p.currency,
                p.created_at,
                p.paid_at,
                p.updated_at,
                business_date(p.paid_at) AS paid_date
            FROM ods_payment AS p
            WHERE p.payment_status = 'captured'
                AND business_date(p.paid_at) >= :start
                AND business_date(p.paid_at) < :end
                AND p.dt >= business_date(p.paid_at)
                AND p.dt <= business_date(p.paid_at) + INTERVAL 3 DAY
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY p.payment_no, business_date(p.paid_at)
                ORDER BY p.updated_at DESC, p.dt DESC, p.source_file DESC, p.source_line DESC
            ) = 1
        ),
        reverted AS (
            SELECT payment_no, updated_at, dt
            FROM ods_payment
            WHERE payment_status <> 'captured'
        )
        SELECT
            c.payment_no,
            c.order_no,
            c.user_id,
            c.payment_method,
            c.installment_count,
            c.paid_amount,
            c.currency,
            c.created_at,
            c.paid_at,
            c.paid_date AS dt
        FROM captured AS c
        LEFT JOIN reverted AS r
            ON r.payment_no = c.payment_no
            AND r.updated_at > c.updated_at
            AND r.dt >= c.paid_date
            AND r.dt <= c.paid_date + INTERVAL 3 DAY
        WHERE r.payment_no IS NULL
    """,
)
