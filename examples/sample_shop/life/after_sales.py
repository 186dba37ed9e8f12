"""SQL of what comes back: after-sales, the refunds of those approved, and chargebacks."""

from __future__ import annotations

from typing import Final

from examples.sample_shop.life.lines import line_life
from examples.sample_shop.life.orders import order_life

# Half are returns. A refund without a return gives back a part of what was paid, but all of what
# was lost on its way: that is approved at once.
_AMOUNTS = """
CREATE MACRO after_sale_key(order_key) AS draw(order_key, 62);
CREATE MACRO is_return(after_sale_key) AS after_sale_key % 2 = 0;
CREATE MACRO is_decided_at_once(after_sale_key) AS below(after_sale_key >> 8, 10) < 9;
CREATE MACRO is_approved(after_sale_key) AS below(after_sale_key >> 8, 10) < 8;
CREATE MACRO after_sale_quantity(after_sale_key, quantity) AS
    1 + below(after_sale_key >> 16, quantity);
CREATE MACRO after_sale_cents(after_sale_key, quantity, pay_cents) AS greatest(
    1,
    pay_cents * after_sale_quantity(after_sale_key, quantity) // quantity
    * CASE WHEN is_return(after_sale_key) THEN 100 ELSE 20 + below(after_sale_key >> 24, 81) END
    // 100
)::INTEGER;
"""

# Seven refunds in ten succeed within ten minutes, the others on the next day.
_TIMES = """
CREATE MACRO applied_second(after_sale_key, delivered_at, start_3) AS
    greatest(delivered_at + 3600, start_3 + 28800) + below(after_sale_key >> 32, 12240);
CREATE MACRO decided_second(after_sale_key, is_lost, applied_at, start_4) AS CASE
    WHEN is_lost OR is_decided_at_once(after_sale_key)
        THEN applied_at + 600 + below(after_sale_key >> 40, 2400)
    ELSE start_4 + 36000 + below(after_sale_key >> 40, 28800)
END;
CREATE MACRO is_refunded_at_once(after_sale_key) AS below(draw(after_sale_key, 1), 10) < 7;
CREATE MACRO refunded_second(after_sale_key, created_at, start_4) AS CASE
    WHEN is_refunded_at_once(after_sale_key)
        THEN created_at + 60 + below(draw(after_sale_key, 1) >> 8, 540)
    ELSE start_4 + 32400 + below(draw(after_sale_key, 1) >> 8, 36000)
END;
"""

AFTER_SALE_CORE: Final = f"""
SELECT
    *,
    CASE WHEN is_lost OR is_approved(after_sale_key) THEN decided_at END AS approved_at,
    CASE WHEN is_lost OR is_approved(after_sale_key) THEN applied_age END AS approved_age,
    refunded_cents AS approved_cents,
    CASE WHEN is_lost OR is_decided_at_once(after_sale_key) THEN applied_age
        ELSE applied_age + 1 END::TINYINT AS decided_age
FROM (
    SELECT *, decided_second(after_sale_key, is_lost, applied_at, start_4) AS decided_at
    FROM (
        SELECT
            * EXCLUDE (quantity),
            'AS' || order_number AS after_sale_no,
            is_return(after_sale_key) AND NOT is_lost AS is_return,
            CASE WHEN is_lost THEN quantity ELSE after_sale_quantity(after_sale_key, quantity)
                END::INTEGER AS quantity,
            applied_second(after_sale_key, coalesce(delivered_at, lost_at), start_3) AS applied_at,
            3::TINYINT AS applied_age
        FROM (
            SELECT
                l.*, lost_at IS NOT NULL AS is_lost,
                after_sale_key(l.order_key) AS after_sale_key, d.start_3, d.start_4
            FROM ({line_life("line_base")}) AS l JOIN order_day AS d USING (day_index)
            WHERE l.has_after_sale
        )
    )
)
"""

# A buyer of one order in two hundred has the bank take the payment back, on the day after an
# after-sale would have been asked for. Nobody who did is refunded as well.
_CHARGEBACKS = """
CREATE MACRO is_charged_back(order_key) AS draw(order_key, 18) % 200 = 0;
CREATE MACRO charged_back_second(order_key, start_4) AS
    start_4 + 28800 + below(draw(order_key, 18) >> 32, 43200);
"""

AFTER_SALE_MACROS: Final = (_AMOUNTS, _TIMES, _CHARGEBACKS)

# Slots of an after-sale's refunds: 1 goes to the order's first payment, 2 what that cannot bear to
# the second; 3 is an attempt that failed before. A refund goes back the way the payment came.
_REFUNDS = f"""
SELECT
    *,
    CASE WHEN slot = 2 THEN 2 ELSE 1 END AS payment_slot,
    CASE WHEN slot = 2 THEN approved_cents - first_cents ELSE first_cents END AS refund_cents
FROM (
    SELECT
        a.day_index, a.order_number, a.order_no, a.order_key,
        a.user_id, a.line_no, a.after_sale_no, a.after_sale_key, a.start_4,
        a.approved_at, a.approved_age, a.approved_cents,
        o.delivered_at IS NOT NULL AS is_delivered,
        least(a.approved_cents, o.first_payment_cents) AS first_cents,
        unnest(CASE WHEN draw(a.after_sale_key, 2) % 25 = 0 THEN [3, 1, 2] ELSE [1, 2] END)
            AS slot
    FROM after_sale_base AS a
    JOIN ({order_life("order_base")}) AS o USING (order_number)
    WHERE a.approved_at IS NOT NULL
)
"""

# Slot 4 is a chargeback: what the order's first payment was, all of it.
_CHARGED_BACK = f"""
SELECT
    o.day_index, o.order_number, o.order_no, o.order_key, o.user_id,
    after_sale_key(o.order_key) AS after_sale_key, d.start_4,
    charged_back_second(o.order_key, d.start_4) AS approved_at, 4::TINYINT AS approved_age,
    true AS is_delivered, 4 AS slot, 1 AS payment_slot, o.first_payment_cents AS refund_cents
FROM ({order_life("order_base")}) AS o JOIN order_day AS d USING (day_index)
WHERE is_charged_back(o.order_key) AND o.delivered_at IS NOT NULL AND o.after_sale_line_no IS NULL
    AND payment_method(draw(o.order_key, 31), o.order_key) <> 'wallet'
"""

REFUND_CORE: Final = f"""
SELECT
    r.* EXCLUDE (slot, after_sale_key),
    r.slot::TINYINT AS slot,
    draw(r.order_key, 90 + r.slot) AS refund_key,
    CASE WHEN r.slot = 4 THEN 'chargeback' ELSE 'after_sale' END AS refund_type,
    'R' || (r.order_number * 10 + r.slot) AS refund_no,
    'CR' || (r.order_number * 10 + r.slot) AS outward_refund_no,
    'P' || (r.order_number * 10 + r.payment_slot) AS payment_no,
    'C' || (r.order_number * 10 + r.payment_slot) AS outward_no,
    order_currency(r.order_key) AS currency,
    payment_method(draw(r.order_key, 30 + r.payment_slot), r.order_key) AS payment_method,
    r.slot <> 3 AS is_succeeded,
    r.approved_at + CASE WHEN r.slot = 3 THEN 5 ELSE 40 END AS created_at,
    r.approved_age AS created_age,
    CASE
        WHEN r.slot = 3 THEN r.approved_at + 20
        WHEN r.slot = 4 THEN r.approved_at + 40
        ELSE refunded_second(r.after_sale_key, r.approved_at + 40, r.start_4)
    END AS closed_at,
    CASE WHEN r.slot > 2 OR is_refunded_at_once(r.after_sale_key) THEN r.approved_age
        ELSE r.approved_age + 1 END::TINYINT AS closed_age
FROM (({_REFUNDS}) UNION ALL BY NAME ({_CHARGED_BACK})) AS r
WHERE r.refund_cents > 0
"""
