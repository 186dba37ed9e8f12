"""SQL of what sellers are settled and paid: lines a week after their order, then the money."""

from __future__ import annotations

from examples.sample_shop.life.lines import line_life
from examples.sample_shop.life.messages import copies_told, told_once

# Four settlements in five are paid out on the day after they are made, the others a day later.
SETTLEMENT_MACROS = """
CREATE MACRO seller_paid_age(settlement_key) AS
    CASE WHEN below(settlement_key, 5) = 0 THEN 9 ELSE 8 END::TINYINT;
CREATE MACRO seller_name(people_key, seller_id) AS
    (SELECT sellers FROM city)[1 + below(draw(draw(people_key, seller_id), 41) >> 8, 10)]
    || ' ' || seller_id;
"""


def _settled(lines: str) -> str:
    """Lines with what they are settled as, on whichever day their rows are told.

    Lines of what was delivered are settled at two in the morning, a week after they were ordered.
    Whatever is refunded of a line is refunded by then.
    """
    return f"""
SELECT *, commission_cents(pay_cents, basis_points) AS commission_cents
FROM (
    SELECT
        l.*,
        basis_points_of(s.catalogue_key, category_id, l.day_index) AS basis_points,
        settlement_no(seller_id, l.day_index, currency) AS settlement_no,
        moment(d.day_starts[l.day_index + 8] + 7200) AS settled_at
    FROM ({lines}) AS l, shop AS s, delivery_day AS d
)
"""


_DELIVERED = "(SELECT * FROM line_core WHERE delivered_at IS NOT NULL)"

SETTLEMENT_ITEMS = f"""
SELECT
    settlement_no,
    seller_id,
    order_no,
    line_no,
    amount(pay_cents) AS gross_amount,
    (basis_points * 0.0001::DECIMAL(5, 4))::DECIMAL(9, 6) AS commission_rate,
    amount(commission_cents) AS commission_amount,
    amount(refunded_cents) AS refund_amount,
    amount(platform_cents) AS subsidy_amount,
    amount(pay_cents - commission_cents - refunded_cents + platform_cents) AS payable_amount,
    currency,
    settled_at,
    settled_at AS updated_at
FROM ({_settled(line_life(told_once(_DELIVERED, "line_key", 29, "7", first_age=7, last_age=10)))})
"""


def _of_sellers(lines: str) -> str:
    return f"""
SELECT
    seller_id, day_index, currency, settlement_no, settled_at,
    count(*) AS line_count,
    sum(pay_cents)::BIGINT AS gross_cents,
    sum(commission_cents)::BIGINT AS commission_cents,
    sum(refunded_cents)::BIGINT AS refund_cents,
    sum(platform_cents)::BIGINT AS subsidy_cents,
    sum(pay_cents - commission_cents - refunded_cents + platform_cents)::BIGINT AS payable_cents
FROM ({_settled(lines)})
GROUP BY seller_id, day_index, currency, settlement_no, settled_at
"""


SELLERS_SETTLED = _of_sellers("SELECT * FROM line_life WHERE age = 7 AND delivered_at IS NOT NULL")
"""What is settled with each seller on the delivered day, of one slice; collected."""

_PAID_COPIES = copies_told(
    "draw(settlement_key, 1)", "age", "seller_paid_age(settlement_key)", "11"
)

SELLERS_PAID = _of_sellers(f"""
SELECT *
FROM (
    SELECT *, settlement_key(seller_id, day_index, currency) AS settlement_key
    FROM line_life
    WHERE age BETWEEN 8 AND 11 AND delivered_at IS NOT NULL
)
WHERE {_PAID_COPIES} > 0
""")
"""The settlements whose payout the bank tells on the delivered day, of one slice; collected."""

SETTLEMENTS = """
SELECT
    settlement_no,
    seller_id,
    date_of_day(day_index) AS period_date,
    sum(line_count)::BIGINT AS line_count,
    amount(sum(gross_cents)) AS gross_amount,
    amount(sum(commission_cents)) AS commission_amount,
    amount(sum(refund_cents)) AS refund_amount,
    amount(sum(subsidy_cents)) AS subsidy_amount,
    amount(sum(payable_cents)) AS payable_amount,
    currency,
    settled_at::TIMESTAMP AS settled_at,
    settled_at::TIMESTAMP AS updated_at
FROM seller_settled
GROUP BY settlement_no, seller_id, day_index, currency, settled_at
ORDER BY seller_id, currency
"""

# A seller that owes more for refunds than it is owed is not paid; the platform is still owed it.
SELLER_PAYOUTS = f"""
SELECT
    'BK' || settlement_no AS entry_no,
    '6222020200011122' AS bank_account,
    date_of_day(day_index + paid_age) AS value_date,
    instant(paid_second) AS booked_at,
    'out' AS direction,
    amount(payable_cents) AS amount,
    currency,
    settlement_no AS bank_reference,
    seller_name(people_key, seller_id) AS counterparty,
    '货款 ' || settlement_no AS purpose,
    instant(paid_second) AS updated_at
FROM (
    SELECT
        *,
        seller_paid_age(settlement_key) AS paid_age,
        day_starts[day_index + seller_paid_age(settlement_key) + 1] + 50400
            + below(settlement_key >> 8, 3600) AS paid_second,
        unnest(range({_PAID_COPIES}))
    FROM (
        SELECT
            p.settlement_no, p.seller_id, p.day_index, p.currency, d.day_starts,
            d.day_index - p.day_index AS age,
            settlement_key(p.seller_id, p.day_index, p.currency) AS settlement_key,
            s.people_key,
            sum(p.payable_cents)::BIGINT AS payable_cents
        FROM seller_paid AS p, delivery_day AS d, shop AS s
        GROUP BY ALL
    )
    WHERE payable_cents > 0
)
"""
"""The bank's entries of what sellers are paid."""
