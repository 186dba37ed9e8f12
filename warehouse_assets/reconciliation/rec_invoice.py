"""One row per order that was invoiced: its invoices and what was paid for it.

Invoices less red ones are compared with payments less refunds, each as it happens: what was paid
before the first invoice counts on its day, what is paid or refunded later on the day it happens.
Orders without an invoice are not here: buyers ask for invoices, not all do. The tax is compared
with what the invoices' rate makes of the payments together, and of each refund.
"""

from warehouse_assets import conventions as c, modeling as m

KNOWN = m.trailing(days=c.INVOICE_DAYS + 1)

rec_invoice = m.reconciliation(
    owner="team:finance",
    left=m.side(
        "dwd_invoice",
        row="invoice_no",
        amount="signed_invoice_amount",
        figures={"tax": "signed_tax_amount"},
        word="invoiced",
    ),
    right=m.side(
        "dwd_payment",
        window=KNOWN,
        reads={"dwd_refund": KNOWN, "dwd_invoice": KNOWN},
        rows="""
            WITH invoiced AS (
                SELECT order_no, MIN(dt) AS invoiced_date, MAX(tax_rate) AS tax_rate
                FROM dwd_invoice
                GROUP BY order_no
            ),
            paid AS (
                SELECT
                    p.payment_no,
                    p.order_no,
                    p.paid_amount,
                    p.currency,
                    i.tax_rate,
                    CASE WHEN p.dt > i.invoiced_date THEN p.dt ELSE i.invoiced_date END AS dt
                FROM dwd_payment AS p
                JOIN invoiced AS i ON i.order_no = p.order_no
            ),
            moved AS (
                SELECT
                    MIN(payment_no) AS business_no, order_no, SUM(paid_amount) AS amount, currency,
                    tax_rate, dt
                FROM paid
                GROUP BY order_no, currency, tax_rate, dt
                UNION ALL
                SELECT
                    r.refund_no, r.order_no, -r.refund_amount, r.currency, i.tax_rate,
                    CASE WHEN r.dt > i.invoiced_date THEN r.dt ELSE i.invoiced_date END
                FROM dwd_refund AS r
                JOIN invoiced AS i ON i.order_no = r.order_no
            )
            SELECT
                business_no,
                order_no,
                amount,
                included_tax(amount, tax_rate) AS tax_amount,
                currency,
                dt
            FROM moved
        """,
        row="business_no",
        amount="amount",
        figures={"tax": "tax_amount"},
        word="paid",
    ),
    match="n:m",
    passes=[m.match_key("order", left=("order_no",), right=("order_no",))],
    tolerance=m.tolerance(c.ROUNDING),
    open_days=c.INVOICE_DAYS,
    days_apart=0,
)
