"""One row per clearing account, currency and business date: what has come to it since the first.

The balance by the journal, and what explains it apart from open items, each as the sum over all
days up to the date. `ads_clearing_balance` compares them, and says what they mean. This table does
not close with the books: what explains a balance is worked out as it is known today, and the
journal posts what it corrects of a closed day in the first open one, so that the two agree there.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v

# Part of the balance that a rule's items explain, and which way.
RULES = {
    "unbilled_payment_amount": ("rec_payment_bill", 1),
    "unbilled_refund_amount": ("rec_refund_bill", -1),
    "unpaid_batch_amount": ("rec_bill_payout", 1),
}
TO_DATE = (
    "closing_balance_amount",
    "billed_later_amount",
    "uncounted_bill_amount",
    "resolved_amount",
    "manually_adjusted_amount",
)


class AdsClearingToDate(m.Contract):
    """What has come to a clearing account up to the end of a day, and why."""

    account_code: m.Text = m.key(v.account_code, references="dim_account")
    currency: m.Text = m.key(v.currency)
    closing_balance_amount: m.Money = m.column(v.closing_balance_amount)
    billed_later_amount: m.Money = m.column(v.billed_later_amount)
    uncounted_bill_amount: m.Money = m.column(v.uncounted_bill_amount)
    resolved_amount: m.Money = m.column(v.resolved_amount)
    manually_adjusted_amount: m.Money = m.column(v.manually_adjusted_amount)
    dt: m.Day = m.partition(v.dt_posted)


def items_of(part: str, rule: str, sign: int, where: str) -> str:
    """A SELECT of what items of the days come to: the left in its currency, the right in its own.

    Args:
        part: The part of the balance that they explain.
        rule: The name of the rule.
        sign: 1: the left lies on the account as a debit; -1: as a credit.
        where: Which items, as SQL.
    """
    left, right = ("", "-") if sign > 0 else ("-", "")
    days = "dt >= :start AND dt < :end"
    return f"""
            SELECT '{part}' AS part, currency, {left}left_amount AS amount, dt
            FROM {rule} WHERE {where} AND {days}
            UNION ALL
            SELECT '{part}', COALESCE(other_currency, currency), {right}right_amount, dt
            FROM {rule} WHERE {where} AND {days}
            """


RESOLVED = "UNION ALL".join(
    items_of("resolved_amount", *rule, "state IN ('adjusted', 'written_off')")
    for rule in RULES.values()
)
BY_PART = ",\n".join(
    f"CASE part WHEN '{part}' THEN amount ELSE 0 END AS {part}" for part in TO_DATE
)
SUMS = ",\n".join(f"SUM({part}) AS {part}" for part in TO_DATE)

ads_clearing_to_date = m.table(
    AdsClearingToDate,
    owner="team:finance",
    reads={
        **{rule: m.same_day() for rule, _ in RULES.values()},
        "dws_account_1d": m.same_day(),
        "dwd_channel_bill": m.trailing(days=c.LATE_DAYS + 1),
        "dwd_manual_adjustment": m.same_day(),
    },
    materialization=m.carried_on(),
    sql=f"""
        WITH moved AS (
            SELECT 'closing_balance_amount' AS part, currency,
                debit_amount - credit_amount AS amount, dt
            FROM dws_account_1d
            WHERE account_code = account_channels() AND dt >= :start AND dt < :end
            UNION ALL
            SELECT 'uncounted_bill_amount', currency,
                CASE bill_type WHEN 'pay' THEN gross_amount ELSE -gross_amount END, dt
            FROM dwd_channel_bill
            WHERE NOT is_counted AND bill_type IS NOT NULL AND dt >= :start AND dt < :end
            UNION ALL
            SELECT 'billed_later_amount', currency,
                line_net(bill_type, gross_amount, fee_amount), dt
            FROM dwd_channel_bill
            WHERE is_counted AND bill_date > dt AND dt >= :start AND dt < :end
            UNION ALL
            SELECT 'billed_later_amount', currency,
                -line_net(bill_type, gross_amount, fee_amount), bill_date
            FROM dwd_channel_bill
            WHERE is_counted AND bill_date > dt AND bill_date >= :start AND bill_date < :end
            UNION ALL
            SELECT 'manually_adjusted_amount', currency, amount, dt
            FROM dwd_manual_adjustment
            WHERE is_posted AND debit_account = account_channels() AND amount > 0
                AND dt >= :start AND dt < :end
            UNION ALL
            SELECT 'manually_adjusted_amount', currency, -amount, dt
            FROM dwd_manual_adjustment
            WHERE is_posted AND credit_account = account_channels() AND amount > 0
                AND dt >= :start AND dt < :end
            UNION ALL {RESOLVED}
        ),
        parts AS (
            SELECT currency, {", ".join(TO_DATE)}, CAST(dt + INTERVAL 1 DAY AS DATE) AS dt
            FROM ads_clearing_to_date
            WHERE dt >= :start - INTERVAL 1 DAY AND dt < :start
            UNION ALL
            SELECT currency, {BY_PART}, dt
            FROM moved
        )
        SELECT account_channels() AS account_code, currency, {SUMS}, dt
        FROM parts
        GROUP BY currency, dt
    """,
)
