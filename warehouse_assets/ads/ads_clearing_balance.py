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
journal is of the day on which the money moved. All of these but the open items are sums over all
days; ads_clearing_to_date carries them on from day to day.

Not here: Sales clearing (2205), for what is on it are orders that were paid and are not settled,
and no rule has these as items: rec_settlement_line compares what sellers are owed, net of
commission and with subsidies, and only once a line is due. Nor Suspense (9999), which holds what
nothing explains.
"""

from warehouse_assets import modeling as m, vocabulary as v
from warehouse_assets.ads.ads_clearing_to_date import RULES, TO_DATE, items_of

OPEN = "UNION ALL".join(items_of(part, *rule, "is_open") for part, rule in RULES.items())
FIGURES = [*TO_DATE, *RULES]
PARTS = " + ".join(name for name in FIGURES if name != "closing_balance_amount")
BY_PART = ",\n".join(
    f"CASE part WHEN '{part}' THEN amount ELSE 0 END AS {part}" for part in FIGURES
)
SUMS = ",\n".join(f"SUM({name}) AS {name}" for name in FIGURES)


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
    billed_later_amount: m.Money = m.column(v.billed_later_amount)
    uncounted_bill_amount: m.Money = m.column(v.uncounted_bill_amount)
    resolved_amount: m.Money = m.column(v.resolved_amount)
    manually_adjusted_amount: m.Money = m.column(v.manually_adjusted_amount)
    unexplained_amount: m.Money = m.column("Balance less all that explains it")
    dt: m.Day = m.partition(v.dt_posted)


ads_clearing_balance = m.table(
    AdsClearingBalance,
    owner="team:finance",
    reads={
        **{rule: m.same_day() for rule, _ in RULES.values()},
        "ads_clearing_to_date": m.same_day(),
    },
    closes_with_books=True,
    checks=[m.check("open_items_explain_balance", "unexplained_amount = 0")],
    sql=f"""
        WITH open_items AS ({OPEN}),
        parts AS (
            SELECT currency, {", ".join([*TO_DATE, *(f"0 AS {name}" for name in RULES)])}, dt
            FROM ads_clearing_to_date
            WHERE account_code = account_channels() AND dt >= :start AND dt < :end
            UNION ALL
            SELECT currency, {BY_PART}, dt
            FROM open_items
        ),
        figures AS (
            SELECT currency, {SUMS}, dt
            FROM parts
            GROUP BY currency, dt
        )
        SELECT
            account_channels() AS account_code,
            currency,
            {", ".join(FIGURES)},
            closing_balance_amount - ({PARTS}) AS unexplained_amount,
            dt
        FROM figures
    """,
)
