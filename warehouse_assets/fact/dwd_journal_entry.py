"""One row per journal line or supplement to one: each money event as one debit and one credit.

This is the only place that says which accounts an event is posted to. An event of a kind that no
posting is declared for goes to suspense (9999) on both sides, where it is seen. Orders and
cancellations move no money yet and are not posted. What is charged back is claimed from the buyer:
the seller is settled all the same. A manual adjustment is posted on the day it was typed in, to the
accounts it names: approved or not, but only once approved if it names a reconciliation.

What was posted stays. Where an event is corrected, or turns out not to have happened, the
difference is posted as a supplement: on the event's day, or, once the books of that day are
closed, on the first open day, with the day that it corrects.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwdJournalEntry(m.Contract):
    """The books: balanced lines of all money events."""

    journal_line_id: m.Text = m.key("Line of the journal: money event, side, account, currency")
    supplement_no: m.Integer = m.key("0 for the first posting of the line, then counted up")
    money_event_id: m.Text = m.column(v.money_event_id)
    event_type: m.Text = m.column(v.event_type)
    business_no: m.Text = m.column(v.business_no, null=True)
    account_code: m.Text = m.ref("dim_account", v.account_code)
    debit_amount: m.Money = m.column(v.debit_amount, ge=0)
    credit_amount: m.Money = m.column(v.credit_amount, ge=0)
    currency: m.Text = m.column(v.currency)
    corrected_date: m.Day = m.column(
        "Closed business date that the line would have been posted on", null=True
    )
    dt: m.Day = m.partition(v.dt_posted)


dwd_journal_entry = m.table(
    DwdJournalEntry,
    owner="team:finance",
    materialization=m.append_only(
        adjusting=("debit_amount", "credit_amount"), corrects="corrected_date"
    ),
    closes_with_books=True,
    reads={"dwd_financial": m.same_day(), "dwd_manual_adjustment": m.same_day()},
    checks=[
        m.check("one_side", "(debit_amount = 0) <> (credit_amount = 0)"),
        # A weight of its own for each currency: a surplus in one cannot hide a lack in another.
        m.guard(
            "balances_in_each_currency",
            "COALESCE(SUM((debit_amount - credit_amount) * text_number(currency)), 0) = 0",
        ),
    ],
    sql="""
        WITH postings AS (
            SELECT event_type, is_wallet, direction, debit_account, credit_account
            FROM (
                VALUES
                    ('payment', FALSE, 'in', account_channels(), account_clearing()),
                    ('payment', TRUE, 'in', account_wallets(), account_clearing()),
                    ('wallet_top_up', TRUE, 'in', account_bank(), account_wallets()),
                    ('wallet_withdrawal', TRUE, 'out', account_wallets(), account_bank()),
                    ('refund', FALSE, 'out', account_clearing(), account_channels()),
                    ('refund', TRUE, 'out', account_clearing(), account_wallets()),
                    ('chargeback', FALSE, 'out', account_buyers(), account_channels()),
                    ('channel_fee', FALSE, 'out', account_channel_fees(), account_channels()),
                    ('payout', FALSE, 'in', account_bank(), account_channels()),
                    ('settlement', FALSE, 'out', account_clearing(), account_sellers()),
                    ('commission', FALSE, 'in', account_sellers(), account_commission()),
                    ('coupon_subsidy', FALSE, 'out', account_coupons(), account_sellers()),
                    ('seller_payout', FALSE, 'out', account_sellers(), account_bank())
            ) AS p (event_type, is_wallet, direction, debit_account, credit_account)
        ),
        entries AS (
            SELECT
                e.money_event_id,
                e.event_type,
                e.business_no,
                CASE WHEN e.direction = p.direction THEN p.debit_account ELSE p.credit_account END
                    AS debit_account,
                CASE WHEN e.direction = p.direction THEN p.credit_account ELSE p.debit_account END
                    AS credit_account,
                e.amount,
                e.currency,
                e.dt
            FROM dwd_financial AS e
            LEFT JOIN postings AS p
                ON p.event_type = e.event_type
                AND p.is_wallet = (COALESCE(e.payment_method, '') = 'wallet')
            WHERE e.dt >= :start
                AND e.dt < :end
                AND e.event_type NOT IN ('order', 'cancellation')
            UNION ALL
            SELECT
                CONCAT('manual_adjustment:', adjustment_no), 'manual_adjustment', business_no,
                debit_account, credit_account, amount, currency, dt
            FROM dwd_manual_adjustment
            WHERE is_posted AND dt >= :start AND dt < :end
        ),
        lines AS (
            SELECT
                e.money_event_id,
                e.event_type,
                e.business_no,
                s.side,
                COALESCE(
                    CASE s.side WHEN 'debit' THEN e.debit_account ELSE e.credit_account END,
                    account_suspense()
                ) AS account_code,
                e.amount,
                e.currency,
                e.dt
            FROM entries AS e
            CROSS JOIN (VALUES ('debit'), ('credit')) AS s (side)
            WHERE e.amount > 0
        )
        SELECT
            CONCAT(money_event_id, ':', side, ':', account_code, ':', currency)
                AS journal_line_id,
            0 AS supplement_no,
            money_event_id,
            event_type,
            business_no,
            account_code,
            CASE side WHEN 'debit' THEN amount ELSE 0 END AS debit_amount,
            CASE side WHEN 'credit' THEN amount ELSE 0 END AS credit_amount,
            currency,
            CAST(NULL AS DATE) AS corrected_date,
            dt
        FROM lines
    """,
)
