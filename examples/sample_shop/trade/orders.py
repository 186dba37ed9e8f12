"""SQL of the order center and the payment center: orders, lines, after-sales, payments, refunds."""

from __future__ import annotations

from typing import Final

from examples.sample_shop.life.lines import line_life
from examples.sample_shop.life.messages import told
from examples.sample_shop.life.orders import order_life, payment_life

# Draw 20 is the fate of an order's message, of which its lines are part. A change log says that
# an order was deleted with its last status: it was withdrawn, and is `unavailable` from then on.
ORDERS: Final = f"""
SELECT
    order_no,
    user_id,
    CASE
        WHEN delivered_age <= version THEN 'delivered'
        WHEN shipped_age <= version THEN 'shipped'
        WHEN cancelled_age <= version
            THEN CASE WHEN is_withdrawn THEN 'unavailable' ELSE 'cancelled' END
        WHEN paid_age <= version THEN 'paid'
        ELSE 'created'
    END AS order_status,
    moment(ordered_at) AS ordered_at,
    moment(CASE WHEN paid_age <= version THEN paid_at END) AS paid_at,
    moment(CASE WHEN cancelled_age <= version THEN cancelled_at END) AS cancelled_at,
    moment(CASE WHEN shipped_age <= version THEN shipped_at END) AS shipped_at,
    moment(CASE WHEN delivered_age <= version THEN delivered_at END) AS delivered_at,
    amount(goods_cents) AS goods_amount,
    amount(discount_cents) AS discount_amount,
    amount(coupon_cents) AS coupon_amount,
    points_cents AS points_used,
    amount(points_cents) AS points_amount,
    amount(shipping_cents) AS shipping_amount,
    amount(payable_cents) AS payable_amount,
    order_currency(order_key) AS currency,
    moment(CASE
        WHEN delivered_age <= version THEN delivered_at
        WHEN shipped_age <= version THEN shipped_at
        WHEN cancelled_age <= version THEN cancelled_at
        WHEN paid_age <= version THEN paid_at
        ELSE ordered_at
    END) AS updated_at,
    shard_number
FROM ({order_life(told("order_core", "order_key", 20))})
WHERE version = 0 OR paid_age = version OR cancelled_age = version OR shipped_age = version
    OR delivered_age = version
"""

_ITEMS = f"""(
SELECT *
FROM (
    SELECT *, draw(line_key, 2) % 500 = 0 AS is_corrected
    FROM {told("line_core", "order_key", 20)}
)
WHERE version = 0 OR (version = 1 AND is_corrected)
)"""

# One line in five hundred first names another seller, and is corrected a day later.
ORDER_ITEMS: Final = f"""
SELECT
    order_no,
    line_no,
    moment(ordered_at) AS ordered_at,
    sku_id,
    CASE WHEN is_corrected AND version = 0 THEN next_seller(seller_id) ELSE seller_id END
        AS seller_id,
    quantity,
    amount(unit_price_cents) AS unit_price,
    amount(discount_cents) AS discount_amount,
    coupon_id,
    amount(coupon_cents) AS coupon_amount,
    amount(points_cents) AS points_amount,
    amount(shipping_cents) AS shipping_amount,
    amount(pay_cents) AS pay_amount,
    order_currency(order_key) AS currency,
    moment(ordered_at + CASE WHEN version = 0 THEN 0 ELSE 86400 END) AS updated_at,
    shard_number
FROM ({line_life(_ITEMS)})
"""

# Orders of the first two days carry no shard in their number.
ORDER_NUMBERS: Final = f"""
SELECT
    order_no,
    user_id,
    shard_number // shard_tables() AS shard_database,
    shard_number % shard_tables() AS shard_table,
    instant(ordered_at) AS updated_at
FROM ({order_life(told("order_core", "order_key", 20))})
WHERE version = 0 AND day_index < 2
"""

AFTER_SALES: Final = f"""
SELECT
    after_sale_no,
    order_no,
    line_no,
    user_id,
    CASE WHEN is_return THEN 'return' ELSE 'refund_only' END AS after_sale_type,
    CASE
        WHEN decided_age > version THEN 'applied'
        WHEN approved_at IS NOT NULL THEN 'approved' ELSE 'rejected'
    END AS after_sale_status,
    quantity,
    amount(CASE WHEN decided_age > version THEN 0 ELSE approved_cents END) AS approved_amount,
    order_currency(order_key) AS currency,
    CASE WHEN is_lost THEN 'lost in transit' ELSE CASE below(after_sale_key >> 48, 4)
        WHEN 0 THEN '七天无理由退货' WHEN 1 THEN 'damaged in transit'
        WHEN 2 THEN '与描述不符, "色差"' ELSE 'wrong size'
    END END AS reason,
    moment(applied_at) AS applied_at,
    moment(CASE WHEN decided_age <= version THEN approved_at END) AS approved_at,
    moment(CASE WHEN decided_age <= version THEN decided_at ELSE applied_at END) AS updated_at,
    shard_number
FROM {told("after_sale_life", "after_sale_key", 24, first_age=3, last_age=6)}
WHERE applied_age = version OR decided_age = version
"""


PAYMENTS: Final = f"""
SELECT
    payment_no,
    order_no,
    user_id,
    payment_method,
    merchant_no,
    outward_no,
    installment_count,
    amount(CASE WHEN installment_count > 1 THEN paid_cents * installment_count * 5 // 1000
        ELSE 0 END) AS installment_interest_amount,
    CASE WHEN closed_age > version THEN 'pending'
        WHEN is_captured THEN 'captured' ELSE 'failed' END AS payment_status,
    amount(paid_cents) AS paid_amount,
    order_currency(order_key) AS currency,
    moment(opened_at) AS created_at,
    moment(CASE WHEN is_captured AND closed_age <= version THEN closed_at END) AS paid_at,
    moment(CASE WHEN closed_age <= version THEN closed_at ELSE opened_at END) AS updated_at
FROM ({payment_life(told("payment_core", "payment_key", 21))})
WHERE opened_age = version OR closed_age = version
"""

REFUNDS: Final = f"""
SELECT
    refund_no,
    payment_no,
    order_no,
    after_sale_no,
    refund_type,
    user_id,
    payment_method,
    merchant_no(payment_method) AS merchant_no,
    outward_refund_no,
    CASE WHEN closed_age > version THEN 'pending'
        WHEN is_succeeded THEN 'succeeded' ELSE 'failed' END AS refund_status,
    amount(refund_cents) AS refund_amount,
    order_currency(order_key) AS currency,
    moment(created_at) AS created_at,
    moment(CASE WHEN is_succeeded AND closed_age <= version THEN closed_at END) AS refunded_at,
    moment(CASE WHEN closed_age <= version THEN closed_at ELSE created_at END) AS updated_at
FROM {told("refund_life", "refund_key", 25, first_age=3, last_age=6)}
WHERE created_age = version OR closed_age = version
"""
