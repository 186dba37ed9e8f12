"""One row per account, currency and business date: the books beside the general ledger.

Balances are what was posted since the warehouse's first date; a debit balance is positive. An
account is here from its first posting on, or where the ledger has it. A figure that one side does
not have counts as 0 in the difference. The ledger may post net what the journal posts gross, so
debits and credits are compared as their difference.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsTrialBalance(m.Contract):
    """What the books say of each account, and what the ledger says."""

    account_code: m.Text = m.key(v.account_code, references="dim_account")
    account_name: m.Text = m.column(v.account_name, null=True)
    currency: m.Text = m.key(v.currency)
    opening_balance_amount: m.Money = m.column(v.opening_balance_amount)
    debit_amount: m.Money = m.column(v.debit_amount, ge=0)
    credit_amount: m.Money = m.column(v.credit_amount, ge=0)
    closing_balance_amount: m.Money = m.column(v.closing_balance_amount)
    ledger_opening_balance_amount: m.Money = m.column("Opening balance in the ledger", null=True)
    ledger_debit_amount: m.Money = m.column("Debits of the day in the ledger", null=True)
    ledger_credit_amount: m.Money = m.column("Credits of the day in the ledger", null=True)
    ledger_closing_balance_amount: m.Money = m.column("Closing balance in the ledger", null=True)
    movement_difference_amount: m.Money = m.column(
        "Debits less credits of the day, less the same in the ledger"
    )
    balance_difference_amount: m.Money = m.column("Closing balance less that in the ledger")
    dt: m.Day = m.partition(v.dt_posted)


ads_trial_balance = m.table(
    AdsTrialBalance,
    owner="team:finance",
    reads={
        "dws_account_1d": m.history(),
        "ods_ledger_balance": m.latest(m.same_day()),
        "dim_account": m.whole_table(),
        "dim_date": m.whole_table(),
    },
    closes_with_books=True,
    serving=m.served(view=m.materialized_view(sort_by=("account_code", "currency"))),
    checks=[
        m.check(
            "closing_adds_up",
            "closing_balance_amount = opening_balance_amount + debit_amount - credit_amount",
        ),
        m.guard(
            "balances",
            "COALESCE(SUM(debit_amount), 0) = COALESCE(SUM(credit_amount), 0) "
            "AND COALESCE(SUM(closing_balance_amount), 0) = 0",
        ),
        m.check("account_in_ledger", "ledger_closing_balance_amount IS NOT NULL", warn=True),
        m.check("equals_ledger", "balance_difference_amount = 0", warn=True),
    ],
    sql="""
        WITH posted AS (
            SELECT
                a.account_code,
                a.currency,
                SUM(CASE WHEN a.dt < d.dt THEN a.debit_amount - a.credit_amount ELSE 0 END)
                    AS opening_balance_amount,
                SUM(CASE WHEN a.dt = d.dt THEN a.debit_amount ELSE 0 END) AS debit_amount,
                SUM(CASE WHEN a.dt = d.dt THEN a.credit_amount ELSE 0 END) AS credit_amount,
                SUM(a.debit_amount - a.credit_amount) AS closing_balance_amount,
                d.dt
            FROM dim_date AS d
            JOIN dws_account_1d AS a ON a.dt <= d.dt
            WHERE d.dt >= :start AND d.dt < :end
            GROUP BY a.account_code, a.currency, d.dt
        ),
        accounts AS (
            SELECT account_code, currency, dt FROM posted
            UNION
            SELECT account_code, currency, dt FROM ods_ledger_balance
        ),
        figures AS (
            SELECT
                a.account_code,
                a.currency,
                COALESCE(p.opening_balance_amount, 0) AS opening_balance_amount,
                COALESCE(p.debit_amount, 0) AS debit_amount,
                COALESCE(p.credit_amount, 0) AS credit_amount,
                COALESCE(p.closing_balance_amount, 0) AS closing_balance_amount,
                l.opening_balance_amount AS ledger_opening_balance_amount,
                l.debit_amount AS ledger_debit_amount,
                l.credit_amount AS ledger_credit_amount,
                l.closing_balance_amount AS ledger_closing_balance_amount,
                a.dt
            FROM accounts AS a
            LEFT JOIN posted AS p
                ON p.account_code = a.account_code AND p.currency = a.currency AND p.dt = a.dt
            LEFT JOIN ods_ledger_balance AS l
                ON l.account_code = a.account_code AND l.currency = a.currency AND l.dt = a.dt
        )
        SELECT
            f.account_code,
            c.account_name,
            f.currency,
            f.opening_balance_amount,
            f.debit_amount,
            f.credit_amount,
            f.closing_balance_amount,
            f.ledger_opening_balance_amount,
            f.ledger_debit_amount,
            f.ledger_credit_amount,
            f.ledger_closing_balance_amount,
            f.debit_amount - f.credit_amount
            - COALESCE(f.ledger_debit_amount - f.ledger_credit_amount, 0)
                AS movement_difference_amount,
            f.closing_balance_amount - COALESCE(f.ledger_closing_balance_amount, 0)
                AS balance_difference_amount,
            f.dt
        FROM figures AS f
        LEFT JOIN dim_account AS c ON c.account_code = f.account_code
    """,
)
