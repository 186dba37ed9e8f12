"""SQL of the payment center: payments and refunds."""

from __future__ import annotations

from typing import Final

from examples.sample_shop.life.messages import told
from examples.sample_shop.life.payments import payment_life

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
    'CNY' AS currency,
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
    user_id,
    payment_method,
    merchant_no(payment_method) AS merchant_no,
    outward_refund_no,
    CASE WHEN closed_age > version THEN 'pending'
        WHEN is_succeeded THEN 'succeeded' ELSE 'failed' END AS refund_status,
    amount(refund_cents) AS refund_amount,
    'CNY' AS currency,
    moment(created_at) AS created_at,
    moment(CASE WHEN is_succeeded AND closed_age <= version THEN closed_at END) AS refunded_at,
    moment(CASE WHEN closed_age <= version THEN closed_at ELSE created_at END) AS updated_at
FROM {told("refund_life", "refund_key", 25, first_age=3, last_age=6)}
WHERE created_age = version OR closed_age = version
"""
