"""SQL of what comes back: after-sales of order lines, and the refunds of those approved."""

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

AFTER_SALE_MACROS: Final = (_AMOUNTS, _TIMES)

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

# Slots of an after-sale's refunds: 1 goes to the order's first payment, 2 what that cannot bear to
# the second; 3 is an attempt that failed before. A refund goes back the way the payment came.
REFUND_CORE: Final = f"""
SELECT
    r.* EXCLUDE (slot, after_sale_key),
    r.slot::TINYINT AS slot,
    draw(r.order_key, 90 + r.slot) AS refund_key,
    'R' || (r.order_number * 10 + r.slot) AS refund_no,
    'CR' || (r.order_number * 10 + r.slot) AS outward_refund_no,
    'P' || (r.order_number * 10 + r.payment_slot) AS payment_no,
    'C' || (r.order_number * 10 + r.payment_slot) AS outward_no,
    payment_method(draw(r.order_key, 30 + r.payment_slot)) AS payment_method,
    r.slot <> 3 AS is_succeeded,
    r.approved_at + CASE WHEN r.slot = 3 THEN 5 ELSE 40 END AS created_at,
    r.approved_age AS created_age,
    CASE WHEN r.slot = 3 THEN r.approved_at + 20
        ELSE refunded_second(r.after_sale_key, r.approved_at + 40, r.start_4) END AS closed_at,
    (r.approved_age + CASE WHEN r.slot = 3 OR is_refunded_at_once(r.after_sale_key) THEN 0 ELSE 1
        END)::TINYINT AS closed_age
FROM (
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
) AS r
WHERE r.refund_cents > 0
"""
