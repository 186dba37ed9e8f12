"""One row per money event, on the business date it happened, with the dates it can be counted by.

An event takes its dates from its order: when it was placed, paid and shipped is as dwd_order knows
it, looked for up to 30 days back; when it was settled is its last settlement within ten days after
the event. Where an event says a date itself (a payment its payment), that one counts.

The parts of a settled line do not overlap: `settlement` is what the buyer paid for it and did not
get back, `commission` what the platform keeps of that, `coupon_subsidy` what it adds; the seller
is paid the sum. A cancellation takes back what was not paid until then; what was paid goes back
as a refund. A free order is an event of 0; a fee, a commission or a subsidy of 0 is none. A
transaction that a channel bills twice is charged once. Money that leaves a bank account under the
number of a settlement made in the 30 days before is paid out to its seller.
"""

from warehouse_assets import modeling as m, money_events, vocabulary as v


class DwdFinancial(m.Contract):
    """All money events under one grain."""

    money_event_id: m.Text = m.key(v.money_event_id)
    event_type: m.Text = m.column(v.event_type, isin=money_events.EVENT_TYPES)
    direction: m.Text = m.column(v.direction, isin=["in", "out"])
    amount: m.Money = m.column(v.amount, ge=0)
    signed_amount: m.Money = m.column(v.signed_amount)
    currency: m.Text = m.column(v.currency)
    business_type: m.Text = m.column(
        "What the business number is the number of: order, payment, ..."
    )
    business_no: m.Text = m.column(v.business_no)
    order_no: m.Text = m.ref("dwd_order", v.order_no, null=True)
    order_line_id: m.Text = m.ref("dwd_order_detail", v.order_line_id, null=True)
    user_id: m.Integer = m.ref("dim_user", v.user_id, null=True)
    seller_id: m.Integer = m.ref("dim_seller", v.seller_id, null=True)
    payment_method: m.Text = m.column(v.payment_method, null=True)
    ordered_date: m.Day = m.column(v.ordered_date, null=True)
    paid_date: m.Day = m.column(v.paid_date, null=True)
    shipped_date: m.Day = m.column(v.shipped_date, null=True)
    settled_date: m.Day = m.column("Business date a line of the order was last settled", null=True)
    dt: m.Day = m.partition(v.dt_occurred)


dwd_financial = m.table(
    DwdFinancial,
    owner="team:finance",
    reads={
        "dwd_order": m.trailing(days=31),
        "dwd_cancellation": m.same_day(),
        "dwd_payment": m.same_day(),
        "dwd_refund": m.same_day(),
        "dwd_channel_bill": m.same_day(),
        "dwd_payout": m.same_day(),
        "dwd_wallet_entry": m.same_day(),
        "dwd_settlement_item": m.following(days=10),
        "dwd_bank_entry": m.same_day(),
        "ods_settlement": m.trailing(days=31),
    },
    checks=[
        m.check("sign_fits_direction", "signed_amount = signed_money(direction, amount)"),
        m.check("paid_after_ordered", "paid_date >= ordered_date", warn=True),
        m.check("shipped_after_ordered", "shipped_date >= ordered_date", warn=True),
        m.check("settled_after_ordered", "settled_date >= ordered_date", warn=True),
    ],
    sql=f"""
        WITH seller_payouts AS (
            SELECT
                b.entry_no,
                b.bank_reference AS settlement_no,
                s.seller_id,
                b.amount,
                b.currency,
                business_date(s.settled_at) AS settled_date,
                b.dt
            FROM dwd_bank_entry AS b
            JOIN ods_settlement AS s
                ON s.settlement_no = b.bank_reference
                AND s.dt <= b.dt
                AND s.dt > b.dt - INTERVAL 31 DAY
            WHERE b.direction = 'out'
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY b.entry_no, b.dt ORDER BY s.updated_at DESC, s.dt DESC
            ) = 1
        ),
        events AS ({"UNION ALL".join(money_events.EVENTS)}),
        order_days AS (
            SELECT order_no, dt FROM dwd_order WHERE dt >= :start AND dt < :end
            UNION
            SELECT order_no, dt FROM dwd_cancellation
            UNION
            SELECT order_no, dt FROM dwd_payment
            UNION
            SELECT order_no, dt FROM dwd_refund
            UNION
            SELECT order_no, dt FROM dwd_settlement_item WHERE dt >= :start AND dt < :end
        ),
        milestones AS (
            SELECT
                order_no,
                dt AS ordered_date,
                paid_at,
                shipped_at,
                CAST(NULL AS DATE) AS settled_date,
                dt AS seen_from,
                dt + INTERVAL 30 DAY AS seen_to
            FROM dwd_order
            UNION ALL
            SELECT order_no, NULL, NULL, NULL, dt, dt - INTERVAL 10 DAY, dt
            FROM dwd_settlement_item
        ),
        order_dates AS (
            SELECT
                d.order_no,
                MAX(m.ordered_date) AS ordered_date,
                business_date(MAX(m.paid_at)) AS paid_date,
                business_date(MAX(m.shipped_at)) AS shipped_date,
                MAX(m.settled_date) AS settled_date,
                d.dt
            FROM order_days AS d
            JOIN milestones AS m
                ON m.order_no = d.order_no AND m.seen_from <= d.dt AND m.seen_to >= d.dt
            GROUP BY d.order_no, d.dt
        )
        SELECT
            e.money_event_id,
            e.event_type,
            CASE
                WHEN e.amount >= 0 THEN e.usual_direction
                WHEN e.usual_direction = 'in' THEN 'out'
                ELSE 'in'
            END AS direction,
            ABS(e.amount) AS amount,
            signed_money(e.usual_direction, e.amount) AS signed_amount,
            e.currency,
            e.business_type,
            e.business_no,
            e.order_no,
            e.order_line_id,
            e.user_id,
            e.seller_id,
            e.payment_method,
            COALESCE(e.ordered_date, d.ordered_date) AS ordered_date,
            COALESCE(e.paid_date, d.paid_date) AS paid_date,
            d.shipped_date,
            COALESCE(e.settled_date, d.settled_date) AS settled_date,
            e.dt
        FROM events AS e
        LEFT JOIN order_dates AS d ON d.order_no = e.order_no AND d.dt = e.dt
    """,
)
