"""SQL of the attempts to pay for orders."""

from __future__ import annotations

from typing import Final

from examples.sample_shop.life.orders import order_life

PAYMENT_MACROS: Final = (
    """
CREATE MACRO payment_method(payment_key) AS CASE
    WHEN payment_key % 100 < 43 THEN 'alipay'
    WHEN payment_key % 100 < 82 THEN 'wechat_pay'
    WHEN payment_key % 100 < 95 THEN 'card'
    ELSE 'wallet'
END;
CREATE MACRO installments(payment_key) AS CASE below(payment_key >> 16, 10)
    WHEN 0 THEN 3 WHEN 1 THEN 3 WHEN 2 THEN 6 WHEN 3 THEN 12 ELSE 1
END;
CREATE MACRO merchant_no(payment_method) AS CASE payment_method
    WHEN 'alipay' THEN 'M_alipay' WHEN 'wechat_pay' THEN 'M_wechat_pay'
    WHEN 'card' THEN 'M_card' ELSE 'M_wallet'
END;
""",
)

# Slots of an order's payments: 1 is its payment, 2 the second part of a split one, 3 an attempt
# that failed before. Half of those who never pay open a payment; the shop closes it as failed.
_SLOTS = """
SELECT *, 1 AS slot, first_payment_cents AS paid_cents,
    ordered_at + 10 + below(draw(order_key, 31) >> 32, 50) AS opened_at, 0::TINYINT AS opened_age,
    coalesce(captured_at, cancelled_at) AS closed_at,
    coalesce(captured_age, cancelled_age) AS closed_age,
    captured_at IS NOT NULL AS is_captured
FROM ({orders})
WHERE NOT is_free AND (captured_at IS NOT NULL OR draw(order_key, 12) % 2 = 0)
UNION ALL
SELECT *, 2, payable_cents - first_payment_cents, captured_at, captured_age, paid_at,
    paid_age, true
FROM ({orders})
WHERE is_split
UNION ALL
SELECT *, 3, payable_cents, ordered_at + 2, 0,
    ordered_at + 4 + below(draw(order_key, 33) >> 32, 5), 0, false
FROM ({orders})
WHERE NOT is_free AND draw(order_key, 11) % 25 = 0
"""

PAYMENT_CORE: Final = f"""
SELECT
    day_index, order_number, order_no, order_key, user_id, slot::TINYINT AS slot,
    draw(order_key, 30 + slot) AS payment_key,
    paid_cents, is_captured, opened_at, opened_age, closed_at, closed_age
FROM ({_SLOTS.format(orders=order_life("order_base"))})
"""


def payment_life(relation: str = "payment_core") -> str:
    """SQL of rows of `payment_core` with what is worked out only where it is written."""
    return f"""
SELECT
    *,
    'P' || (order_number * 10 + slot) AS payment_no,
    'C' || (order_number * 10 + slot) AS outward_no,
    payment_method(payment_key) AS payment_method,
    merchant_no(payment_method(payment_key)) AS merchant_no,
    CASE WHEN payment_method(payment_key) = 'card' THEN installments(payment_key) ELSE 1 END
        AS installment_count
FROM {relation}
"""
