"""One row per money event, on the business date it happened, with the dates it can be counted by.

An event takes its dates from its order: when it was placed, paid and shipped is as dwd_order knows
it, looked for up to 30 days back; when it was settled is its last settlement within ten days after
the event. Where an event says a date itself (a payment its payment), that one counts.

The parts of a settled line do not overlap: `settlement` is what the buyer paid for it and did not
get back, `commission` what the platform keeps of that, `coupon_subsidy` what it adds; the seller
is paid the sum. A cancellation takes back what was not paid until then; what was paid goes back
as a refund. A free order is an event of 0; a fee, a commission or a subsidy of 0 is none. A
transaction that a channel bills twice is charged once.
"""

from warehouse_assets import modeling as m, vocabulary as v

EVENT_TYPES = [
    "order",
    "cancellation",
    "payment",
    "refund",
    "channel_fee",
    "payout",
    "wallet_top_up",
    "wallet_withdrawal",
    "settlement",
    "commission",
    "coupon_subsidy",
]


class DwdFinancial(m.Contract):
    """All money events under one grain."""

    money_event_id: m.Text = m.key(v.money_event_id)
    event_type: m.Text = m.column(v.event_type, isin=EVENT_TYPES)
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
    settled_date: m.Day = m.column("Business date the order's lines were settled", null=True)
    dt: m.Day = m.partition("Business date of the event")


dwd_financial = m.table(
    DwdFinancial,
    owner="team:finance",
    reads={
        "dwd_order": m.trailing(days=31),
        "dwd_payment": m.trailing(days=4),
        "dwd_refund": m.same_day(),
        "dwd_channel_bill": m.same_day(),
        "dwd_payout": m.same_day(),
        "dwd_wallet_entry": m.same_day(),
        "dwd_settlement_item": m.following(days=10),
    },
    checks=[
        m.check("sign_fits_direction", "signed_amount = signed_money(direction, amount)"),
        m.check("paid_after_ordered", "paid_date >= ordered_date", warn=True),
        m.check("shipped_after_ordered", "shipped_date >= ordered_date", warn=True),
        m.check("settled_after_ordered", "settled_date >= ordered_date", warn=True),
    ],
    sql="""
        WITH cancelled AS (
            SELECT order_no, user_id, payable_amount, currency, cancelled_at, cancelled_date
            FROM (
                SELECT
                    order_no,
                    user_id,
                    payable_amount,
                    currency,
                    cancelled_at,
                    CASE
                        WHEN business_date(cancelled_at) > dt THEN business_date(cancelled_at)
                        ELSE dt
                    END AS cancelled_date,
                    dt
                FROM dwd_order
                WHERE cancelled_at IS NOT NULL AND dt >= :start - INTERVAL 3 DAY
            ) AS o
            WHERE cancelled_date >= :start
                AND cancelled_date < :end
                AND cancelled_date <= dt + INTERVAL 3 DAY
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY order_no, cancelled_date ORDER BY dt DESC
            ) = 1
        ),
        cancellations AS (
            SELECT
                c.order_no,
                c.user_id,
                CASE
                    WHEN c.payable_amount > COALESCE(SUM(p.paid_amount), 0)
                        THEN c.payable_amount - COALESCE(SUM(p.paid_amount), 0)
                    ELSE 0
                END AS cancelled_amount,
                c.currency,
                c.cancelled_date AS dt
            FROM cancelled AS c
            LEFT JOIN dwd_payment AS p
                ON p.order_no = c.order_no
                AND p.currency = c.currency
                AND p.paid_at <= c.cancelled_at
                AND p.dt >= c.cancelled_date - INTERVAL 3 DAY
            GROUP BY c.order_no, c.user_id, c.payable_amount, c.currency, c.cancelled_date
        ),
        events AS (
            SELECT
                CONCAT('order:', order_no) AS money_event_id,
                'order' AS event_type,
                'in' AS usual_direction,
                payable_amount AS amount,
                currency,
                'order' AS business_type,
                order_no AS business_no,
                order_no,
                CAST(NULL AS VARCHAR) AS order_line_id,
                user_id,
                CAST(NULL AS BIGINT) AS seller_id,
                CAST(NULL AS VARCHAR) AS payment_method,
                dt AS ordered_date,
                CAST(NULL AS DATE) AS paid_date,
                CAST(NULL AS DATE) AS settled_date,
                dt
            FROM dwd_order
            WHERE dt >= :start AND dt < :end
            UNION ALL
            SELECT
                CONCAT('cancellation:', order_no), 'cancellation', 'out', cancelled_amount,
                currency, 'order', order_no, order_no, NULL, user_id, NULL, NULL,
                NULL, NULL, NULL, dt
            FROM cancellations
            UNION ALL
            SELECT
                CONCAT('payment:', payment_no), 'payment', 'in', paid_amount, currency,
                'payment', payment_no, order_no, NULL, user_id, NULL, payment_method,
                NULL, dt, NULL, dt
            FROM dwd_payment
            WHERE dt >= :start AND dt < :end
            UNION ALL
            SELECT
                CONCAT('refund:', refund_no), 'refund', 'out', refund_amount, currency,
                'refund', refund_no, order_no, NULL, user_id, NULL, payment_method,
                NULL, paid_date, NULL, dt
            FROM dwd_refund
            UNION ALL
            SELECT
                CONCAT(
                    'channel_fee:', channel, ':', bill_type, ':', channel_transaction_no,
                    CASE WHEN outward_refund_no IS NULL THEN '' ELSE ':' END,
                    COALESCE(outward_refund_no, '')
                ),
                'channel_fee', 'out', charged_fee(bill_type, fee_amount), currency,
                'channel_transaction', channel_transaction_no, NULL, NULL, NULL, NULL, channel,
                NULL, CASE bill_type WHEN 'pay' THEN dt END, NULL, dt
            FROM dwd_channel_bill
            WHERE is_counted AND charged_fee(bill_type, fee_amount) <> 0
            UNION ALL
            SELECT
                CONCAT('payout:', payout_no), 'payout', 'in', net_amount, currency,
                'payout', payout_no, NULL, NULL, NULL, NULL, channel, NULL, batch_date, NULL, dt
            FROM dwd_payout
            UNION ALL
            SELECT
                CONCAT('wallet_', entry_type, ':', wallet_entry_no),
                CONCAT('wallet_', entry_type),
                CASE entry_type WHEN 'top_up' THEN 'in' ELSE 'out' END,
                amount, currency, 'wallet_entry', wallet_entry_no, NULL, NULL, user_id, NULL,
                'wallet', NULL, NULL, NULL, dt
            FROM dwd_wallet_entry
            WHERE entry_type IN ('top_up', 'withdrawal')
            UNION ALL
            SELECT
                CONCAT('settlement:', settlement_no, ':', order_line_id), 'settlement', 'out',
                gross_amount - refund_amount, currency,
                'settlement', settlement_no, order_no, order_line_id, NULL, seller_id, NULL,
                ordered_date, NULL, dt, dt
            FROM dwd_settlement_item
            WHERE dt >= :start AND dt < :end
            UNION ALL
            SELECT
                CONCAT('commission:', settlement_no, ':', order_line_id), 'commission', 'in',
                commission_amount, currency,
                'settlement', settlement_no, order_no, order_line_id, NULL, seller_id, NULL,
                ordered_date, NULL, dt, dt
            FROM dwd_settlement_item
            WHERE dt >= :start AND dt < :end AND commission_amount <> 0
            UNION ALL
            SELECT
                CONCAT('coupon_subsidy:', settlement_no, ':', order_line_id), 'coupon_subsidy',
                'out', subsidy_amount, currency,
                'settlement', settlement_no, order_no, order_line_id, NULL, seller_id, NULL,
                ordered_date, NULL, dt, dt
            FROM dwd_settlement_item
            WHERE dt >= :start AND dt < :end AND subsidy_amount <> 0
        ),
        order_days AS (
            SELECT order_no, dt FROM dwd_order WHERE dt >= :start AND dt < :end
            UNION
            SELECT order_no, dt FROM cancellations
            UNION
            SELECT order_no, dt FROM dwd_payment WHERE dt >= :start AND dt < :end
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
