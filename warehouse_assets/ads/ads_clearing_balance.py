"""One row per clearing account, currency and business date: its balance, and what explains it.

A clearing account holds money on its way. What is on it is explained by the open items of the
reconciliations along the way, to the cent: else books and reconciliation have drifted apart, and
the day is not published.

Channel receivable (1012) is what channels owe the platform. By the journal it is, over all days,

    payments - refunds - fees - payouts + manual adjustments.

Three rules add up the same money: rec_payment_bill has payments - billed payments, rec_refund_bill
has refunds - billed refunds, rec_bill_payout has what the bills leave net - payouts. What a bill
leaves net is its payments - refunds - fees, of the lines that count. So

    payments - refunds - fees - payouts =
        (payments - billed payments) - (refunds - billed refunds)
        + (net of the bills - payouts) + billed payments and refunds of lines that do not count.

In each bracket, what agrees is 0. There remain the items that are open, those that people closed
although they differ, the lines of bills that do not count (they failed, or are there twice), what
people adjusted, and the lines that stand on a bill of a later day: batches are of bills, the
journal is of the day on which the money moved.

Not here: Sales clearing (2205), for what is on it are orders that were paid and are not settled,
and no rule has these as items: rec_settlement_line compares what sellers are owed, net of
commission and with subsidies, and only once a line is due. Nor Suspense (9999), which holds what
nothing explains.
"""

from warehouse_assets import modeling as m, vocabulary as v

# Part of the balance that a rule's open items explain, and which way.
RULES = {
    "unbilled_payment_amount": ("rec_payment_bill", 1),
    "unbilled_refund_amount": ("rec_refund_bill", -1),
    "unpaid_batch_amount": ("rec_bill_payout", 1),
}
PARTS = [
    *RULES,
    "billed_later_amount",
    "uncounted_bill_amount",
    "resolved_amount",
    "manually_adjusted_amount",
]


class AdsClearingBalance(m.Contract):
    """What is on a clearing account, and why."""

    account_code: m.Text = m.key(v.account_code, references="dim_account")
    currency: m.Text = m.key(v.currency)
    closing_balance_amount: m.Money = m.column(v.closing_balance_amount)
    unbilled_payment_amount: m.Money = m.column("Paid and not billed, by items that are open")
    unbilled_refund_amount: m.Money = m.column(
        "Billed as refunded and not refunded, by items that are open; negative: not billed"
    )
    unpaid_batch_amount: m.Money = m.column("Billed and not paid out, by items that are open")
    billed_later_amount: m.Money = m.column("Net of lines that stand on a bill of a later day")
    uncounted_bill_amount: m.Money = m.column(
        "Payments less refunds of bill lines that failed, or are there twice; of all days"
    )
    resolved_amount: m.Money = m.column("Left of items that people closed; of all days")
    manually_adjusted_amount: m.Money = m.column("Posted to the account by hand; of all days")
    unexplained_amount: m.Money = m.column("Balance less all that explains it")
    dt: m.Day = m.partition(v.dt_posted)


def _items(part: str, rule: str, sign: int, where: str) -> str:
    """What items come to: the left in its currency, the right in its own."""
    left, right = ("", "-") if sign > 0 else ("-", "")
    return f"""
            SELECT '{part}' AS part, currency, {left}left_amount AS amount, dt
            FROM {rule} WHERE {where}
            UNION ALL
            SELECT '{part}', COALESCE(other_currency, currency), {right}right_amount, dt
            FROM {rule} WHERE {where}
            """


OPEN = "UNION ALL".join(_items(part, *rule, "is_open") for part, rule in RULES.items())
RESOLVED = "UNION ALL".join(
    _items("resolved_amount", *rule, "state IN ('adjusted', 'written_off')")
    for rule in RULES.values()
)
SUMS = ",\n".join(
    f"SUM(CASE part WHEN '{part}' THEN amount ELSE 0 END) AS {part}"
    for part in ("closing_balance_amount", *PARTS)
)

ads_clearing_balance = m.table(
    AdsClearingBalance,
    owner="team:finance",
    reads={
        **{rule: m.history() for rule, _ in RULES.values()},
        "dws_account_1d": m.history(),
        "dwd_channel_bill": m.history(),
        "dwd_manual_adjustment": m.history(),
        "dim_date": m.whole_table(),
    },
    closes_with_books=True,
    checks=[m.check("open_items_explain_balance", "unexplained_amount = 0")],
    sql=f"""
        WITH moved AS (
            SELECT 'closing_balance_amount' AS part, currency,
                debit_amount - credit_amount AS amount, dt
            FROM dws_account_1d
            WHERE account_code = account_channels()
            UNION ALL
            SELECT 'uncounted_bill_amount', currency,
                CASE bill_type WHEN 'pay' THEN gross_amount ELSE -gross_amount END, dt
            FROM dwd_channel_bill
            WHERE NOT is_counted AND bill_type IS NOT NULL
            UNION ALL
            SELECT 'billed_later_amount', currency,
                line_net(bill_type, gross_amount, fee_amount), dt
            FROM dwd_channel_bill
            WHERE is_counted AND bill_date > dt
            UNION ALL
            SELECT 'billed_later_amount', currency,
                -line_net(bill_type, gross_amount, fee_amount), bill_date
            FROM dwd_channel_bill
            WHERE is_counted AND bill_date > dt
            UNION ALL
            SELECT 'manually_adjusted_amount', currency, amount, dt
            FROM dwd_manual_adjustment
            WHERE is_posted AND debit_account = account_channels() AND amount > 0
            UNION ALL
            SELECT 'manually_adjusted_amount', currency, -amount, dt
            FROM dwd_manual_adjustment
            WHERE is_posted AND credit_account = account_channels() AND amount > 0
            UNION ALL {RESOLVED}
        ),
        moved_by_day AS (
            SELECT part, currency, SUM(amount) AS amount, dt
            FROM moved
            GROUP BY part, currency, dt
        ),
        open_items AS ({OPEN}),
        parts AS (
            SELECT b.part, b.currency, b.amount, d.dt
            FROM dim_date AS d
            JOIN moved_by_day AS b ON b.dt <= d.dt
            WHERE d.dt >= :start AND d.dt < :end
            UNION ALL
            SELECT part, currency, amount, dt
            FROM open_items
            WHERE dt >= :start AND dt < :end
        ),
        figures AS (
            SELECT currency, {SUMS}, dt
            FROM parts
            GROUP BY currency, dt
        )
        SELECT
            account_channels() AS account_code,
            currency,
            closing_balance_amount,
            {", ".join(PARTS)},
            closing_balance_amount - ({" + ".join(PARTS)}) AS unexplained_amount,
            dt
        FROM figures
    """,
)
