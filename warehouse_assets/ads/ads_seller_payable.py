"""One row per seller, currency and business date: what the seller is owed, and what changed it.

Money that leaves a bank account under the number of a settlement is paid out to its seller. A
manual adjustment of the account Seller payable that names a settlement is its seller's. One that
names none stands under seller 0, so that all rows of a day sum up to what the books owe sellers. A
seller is here from the first movement on.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsSellerPayable(m.Contract):
    """Sellers' balances."""

    seller_id: m.Integer = m.key(v.seller_id, references="dim_seller")
    currency: m.Text = m.key(v.currency)
    payable_opening_amount: m.Money = m.column("Owed to the seller when the day begins")
    seller_payable: m.Money = m.measure("seller_payable")
    paid_out_amount: m.Money = m.column("Paid out of the bank to the seller")
    adjusted_amount: m.Money = m.column(
        "Taken off what is owed by manual adjustments; negative: added"
    )
    payable_closing_amount: m.Money = m.column("Owed to the seller when the day ends")
    dt: m.Day = m.partition(v.dt_moved)


ads_seller_payable = m.table(
    AdsSellerPayable,
    owner="team:merchant",
    reads={
        "dws_seller_1d": m.history(),
        "ods_settlement": m.first_delivered(m.history()),
        "dwd_bank_entry": m.history(),
        "dwd_manual_adjustment": m.history(),
        "dim_date": m.whole_table(),
    },
    closes_with_books=True,
    serving=m.served(view=m.materialized_view(sort_by=("seller_id", "currency"))),
    sort_by=("seller_id",),
    checks=[
        m.check(
            "payable_ties",
            "payable_opening_amount + seller_payable - paid_out_amount - adjusted_amount"
            " = payable_closing_amount",
        )
    ],
    sql="""
        WITH movements AS (
            SELECT
                seller_id,
                currency,
                seller_payable,
                0 AS paid_out_amount,
                0 AS adjusted_amount,
                dt
            FROM dws_seller_1d
            WHERE seller_payable <> 0
            UNION ALL
            SELECT s.seller_id, b.currency, 0, b.amount, 0, b.dt
            FROM dwd_bank_entry AS b
            JOIN ods_settlement AS s ON s.settlement_no = b.bank_reference AND s.dt <= b.dt
            WHERE b.direction = 'out'
            UNION ALL
            SELECT
                COALESCE(s.seller_id, no_seller()),
                a.currency,
                0,
                0,
                CASE a.debit_account WHEN account_sellers() THEN a.amount ELSE -a.amount END,
                a.dt
            FROM dwd_manual_adjustment AS a
            LEFT JOIN ods_settlement AS s ON s.settlement_no = a.business_no AND s.dt <= a.dt
            WHERE a.is_posted
                AND (a.debit_account = account_sellers()) <> (a.credit_account = account_sellers())
        ),
        seller_days AS (
            SELECT
                seller_id,
                currency,
                SUM(seller_payable) AS seller_payable,
                SUM(paid_out_amount) AS paid_out_amount,
                SUM(adjusted_amount) AS adjusted_amount,
                dt
            FROM movements
            GROUP BY seller_id, currency, dt
        ),
        balances AS (
            SELECT
                seller_id,
                currency,
                SUM(seller_payable - paid_out_amount - adjusted_amount) OVER (
                    PARTITION BY seller_id, currency ORDER BY dt
                ) AS balance_amount,
                dt
            FROM seller_days
        ),
        spans AS (
            SELECT
                seller_id,
                currency,
                COALESCE(LAG(balance_amount) OVER (PARTITION BY seller_id, currency ORDER BY dt), 0)
                    AS balance_before_amount,
                balance_amount,
                dt AS first_date,
                COALESCE(LEAD(dt) OVER (PARTITION BY seller_id, currency ORDER BY dt), :end)
                    AS next_date
            FROM balances
        )
        SELECT
            s.seller_id,
            s.currency,
            CASE WHEN d.dt = s.first_date THEN s.balance_before_amount ELSE s.balance_amount END
                AS payable_opening_amount,
            COALESCE(m.seller_payable, 0) AS seller_payable,
            COALESCE(m.paid_out_amount, 0) AS paid_out_amount,
            COALESCE(m.adjusted_amount, 0) AS adjusted_amount,
            s.balance_amount AS payable_closing_amount,
            d.dt
        FROM dim_date AS d
        JOIN spans AS s ON s.first_date <= d.dt AND s.next_date > d.dt
        LEFT JOIN seller_days AS m
            ON m.seller_id = s.seller_id AND m.currency = s.currency AND m.dt = d.dt
        WHERE d.dt >= :start AND d.dt < :end
    """,
)
