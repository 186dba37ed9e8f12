"""SQL of what moved on the delivered day, slice by slice: the day's bills and books are its sums.

Whatever is told late is in here on its day: channels and the ledger know of a payment when it
happens, not when the payment center tells. Commission rates are arithmetic, as everything is: a
line looks its rate up by its category and the day it was ordered, without the rate card.
"""

from __future__ import annotations

from examples.sample_shop.books.channels import CHANNELS
from resources.identifiers import text_literal

# A category's rate changes every thirty days, on a day of its own: 2 % to 8 % in basis points.
COMMISSION_MACROS = """
CREATE MACRO commission_key(catalogue_key, category_id) AS
    draw(draw(catalogue_key, 60), category_id);
CREATE MACRO commission_version(rate_key, day_index) AS
    (day_index + below(rate_key >> 40, 30)) // 30;
CREATE MACRO commission_start(rate_key, version) AS version * 30 - below(rate_key >> 40, 30);
CREATE MACRO commission_basis_points(rate_key, version) AS
    200 + 10 * below(draw(rate_key, version), 61);
CREATE MACRO basis_points_of(catalogue_key, category_id, day_index) AS commission_basis_points(
    commission_key(catalogue_key, category_id),
    commission_version(commission_key(catalogue_key, category_id), day_index)
);
CREATE MACRO commission_cents(pay_cents, basis_points) AS
    (pay_cents::BIGINT * basis_points + 5000) // 10000;
"""

# A change of rate is two rows: the card that was valid until yesterday, and the new one.
COMMISSION_RATES = """
SELECT
    category_id,
    (commission_basis_points(rate_key, version) * 0.0001::DECIMAL(9, 4))::DECIMAL(9, 6)
        AS commission_rate,
    date_of_day(commission_start(rate_key, version)) AS valid_from_date,
    CASE WHEN version < latest THEN date_of_day(day_index - 1) END AS valid_to_date,
    instant(
        CASE WHEN day_index = 0 THEN before_opening(rate_key, day_starts) ELSE day_start END
    ) AS updated_at
FROM (
    SELECT
        *,
        unnest(
            CASE WHEN day_index = 0 THEN [latest] ELSE [latest - 1, latest] END
        ) AS version
    FROM (
        SELECT *, commission_version(rate_key, day_index) AS latest
        FROM (
            SELECT *, commission_key(catalogue_key, category_id) AS rate_key
            FROM (
                SELECT *, 100 * (1 + (id - 1) // 5) + 1 + (id - 1) % 5 AS category_id
                FROM entities(true, $first, $end)
            )
        )
    )
    WHERE day_index = 0 OR commission_start(rate_key, latest) = day_index
)
"""


_BASIS_POINTS = " ".join(
    f"WHEN {text_literal(channel.name)} THEN {channel.fee_basis_points}" for channel in CHANNELS
)

# One transaction in two hundred is too late for the bill of its day, and stands on the next one.
MOVEMENT_MACROS = f"""
CREATE MACRO contract_fee_cents(channel, cents) AS
    (cents::BIGINT * CASE channel {_BASIS_POINTS} ELSE 0 END + 5000) // 10000;
CREATE MACRO billed_age(closed_age, transaction_key) AS
    (closed_age + (below(draw(transaction_key, 34), 200) = 0)::TINYINT)::TINYINT;
CREATE MACRO is_invoiced(order_key) AS below(draw(order_key, 70), 5) = 0;
"""


def money_movements(with_day_before: bool) -> str:
    """SQL of a slice's transactions: those that moved money on the day, and those it bills.

    `with_day_before` adds the payments that the day before billed, as `is_postponed`.
    """
    first_age = "age - 1" if with_day_before else "age"
    return f"""
SELECT *, contract_fee_cents(channel, gross_cents) AS fee_cents
FROM (
    SELECT
        payment_method AS channel, merchant_no, currency,
        'payment' AS movement_type, 'TX' || payment_no AS channel_transaction_no, outward_no,
        NULL AS outward_refund_no,
        paid_cents AS gross_cents, closed_at AS transaction_second,
        closed_age = age AS is_moved, billed_age = age AS is_billed,
        billed_age < age AS is_postponed
    FROM (SELECT *, billed_age(closed_age, payment_key) AS billed_age FROM payment_life)
    WHERE is_captured AND (closed_age = age OR billed_age BETWEEN {first_age} AND age)
    UNION ALL
    SELECT
        payment_method, merchant_no(payment_method), currency,
        CASE refund_type WHEN 'chargeback' THEN 'chargeback' ELSE 'refund' END,
        'TX' || refund_no, outward_no, outward_refund_no, refund_cents, closed_at,
        closed_age = age, billed_age = age, false
    FROM (SELECT *, billed_age(closed_age, refund_key) AS billed_age FROM refund_life)
    WHERE is_succeeded AND (closed_age = age OR billed_age = age)
)
"""


_INVOICED = """
SELECT
    'I' || order_number || '0' AS invoice_no, order_no, user_id, 'normal' AS invoice_type,
    order_currency(order_key) AS currency, payable_cents AS invoice_cents,
    delivered_at AS issued_second
FROM order_life
WHERE delivered_age = age AND is_invoiced(order_key) AND payable_cents > 0
UNION ALL
SELECT
    'I' || order_number || slot, order_no, user_id, 'red', currency, refund_cents, closed_at
FROM refund_life
WHERE is_succeeded AND closed_age = age AND is_invoiced(order_key) AND is_delivered
"""

# A fifth of the orders are invoiced as they are delivered; a refund of one takes its part back.
INVOICES = f"""
SELECT
    invoice_no,
    order_no,
    user_id,
    invoice_type,
    amount(invoice_cents) AS invoice_amount,
    0.13::DECIMAL(9, 6) AS tax_rate,
    amount((invoice_cents::BIGINT * 26 + 113) // 226) AS tax_amount,
    currency,
    instant(issued_second) AS issued_at,
    instant(issued_second) AS updated_at
FROM ({_INVOICED})
"""
