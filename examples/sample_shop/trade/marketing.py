"""SQL of marketing: uses of coupons, and the accounts of points and wallets, entry by entry."""

from __future__ import annotations

from typing import Final

from examples.sample_shop.life.lines import line_life
from examples.sample_shop.life.messages import told, told_once

_COUPON_LINES = "(SELECT * FROM line_core WHERE coupon_id IS NOT NULL)"

# A coupon is returned when its order is cancelled.
COUPON_USES: Final = f"""
SELECT
    'CU' || (order_number * 10 + line_no) AS coupon_use_no,
    coupon_id,
    user_id,
    order_no,
    line_no,
    amount(coupon_cents) AS coupon_amount,
    amount(platform_cents) AS platform_amount,
    amount(coupon_cents - platform_cents) AS seller_amount,
    'CNY' AS currency,
    CASE WHEN cancelled_age <= version THEN 'returned' ELSE 'used' END AS use_status,
    moment(ordered_at) AS used_at,
    moment(CASE WHEN cancelled_age <= version THEN cancelled_at END) AS returned_at,
    moment(CASE WHEN cancelled_age <= version THEN cancelled_at ELSE ordered_at END) AS updated_at
FROM ({line_life(told(_COUPON_LINES, "line_key", 22))})
WHERE version = 0 OR cancelled_age = version
"""

# Points are burnt with an order and returned when it is cancelled; a point is earned with every
# full ten paid, at delivery. What one order in a hundred earned expires on the fifth day.
_POINTS = """
SELECT order_number * 10 + 1 AS entry_number, draw(order_key, 81) AS entry_key, user_id, order_no,
    'burnt' AS entry_type, points_cents AS points, ordered_at AS occurred_at,
    age, 0::TINYINT AS entry_age
FROM order_life WHERE points_cents > 0
UNION ALL
SELECT order_number * 10 + 2, draw(order_key, 82), user_id, order_no, 'returned', points_cents,
    cancelled_at, age, cancelled_age
FROM order_life WHERE points_cents > 0 AND cancelled_at IS NOT NULL
UNION ALL
SELECT order_number * 10 + 3, draw(order_key, 83), user_id, order_no, 'earned', earned_points,
    delivered_at, age, delivered_age
FROM order_life WHERE earned_points > 0
"""

_POINTS_TOLD = f"""
SELECT * FROM {told_once(f"({_POINTS})", "entry_key", 23, "entry_age")}
UNION ALL
SELECT order_number * 10 + 4, draw(order_key, 84), user_id, order_no, 'expired', earned_points,
    start_4 + 90000, age, age
FROM order_life JOIN order_day USING (day_index)
WHERE age = 5 AND points_expire AND earned_points > 0
"""

POINTS_ENTRIES: Final = f"""
SELECT
    'PE' || entry_number AS points_entry_no,
    user_id,
    entry_type,
    order_no AS business_no,
    points,
    moment(occurred_at) AS occurred_at,
    moment(occurred_at) AS updated_at
FROM ({_POINTS_TOLD})
"""

# Exactly what a payment needs is topped up a microsecond before it, and a refund is withdrawn a
# microsecond after: so a wallet's balance follows from no other entry. The microseconds of two
# orders differ, so entries of one user never interleave.
_WALLET = """
SELECT
    *,
    order_number * 100 + slot * 10 + entry AS entry_number,
    closed_at * 1000000 + (order_number % 100000) * 8 + (slot - 1) * 2 + second_entry AS occurred_at
FROM (SELECT *, {entry} + second_entry AS entry
    FROM (SELECT *, unnest([0, 1]) AS second_entry FROM {relation}))
WHERE payment_method = 'wallet'
"""

_WALLET_ENTRIES = f"""
SELECT entry_number, user_id, occurred_at, entry = 1 AS is_in, paid_cents AS cents,
    payment_no AS business_no, CASE entry WHEN 1 THEN 'top_up' ELSE 'payment' END AS entry_type
FROM {
    told_once(
        f"({_WALLET.format(entry=1, relation='payment_life')} AND is_captured)",
        "draw(payment_key, entry)",
        28,
        "closed_age",
    )
}
UNION ALL
SELECT entry_number, user_id, occurred_at, entry = 3, refund_cents,
    refund_no, CASE entry WHEN 3 THEN 'refund' ELSE 'withdrawal' END
FROM {
    told_once(
        f"({_WALLET.format(entry=3, relation='refund_life')} AND is_succeeded)",
        "draw(refund_key, entry)",
        28,
        "closed_age",
        first_age=3,
        last_age=6,
    )
}
"""

WALLET_ENTRIES: Final = f"""
SELECT
    'WE' || entry_number AS wallet_entry_no,
    user_id,
    entry_type,
    CASE WHEN is_in THEN 'in' ELSE 'out' END AS direction,
    business_no,
    amount(cents) AS amount,
    amount(wallet_cents(user_id) + CASE WHEN is_in THEN cents ELSE 0 END) AS balance_amount,
    'CNY' AS currency,
    make_timestamp(occurred_at)::TIMESTAMPTZ AS occurred_at,
    make_timestamp(occurred_at)::TIMESTAMPTZ AS updated_at
FROM ({_WALLET_ENTRIES})
"""
