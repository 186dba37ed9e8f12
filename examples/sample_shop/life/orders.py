"""SQL of the life of orders: when one is placed, by whom, how it is paid, what happens to it."""

from __future__ import annotations

from typing import Final

PLACED: Final = """
CREATE MACRO has_after_sale(order_key) AS below(draw(order_key, 60), 1000) < 68;
CREATE MACRO points_expire(order_key) AS below(draw(order_key, 14), 100) = 0;
CREATE MACRO placed(first_order, end_order) AS TABLE
SELECT
    *,
    order_number_of_day + sequence + 1 AS order_number,
    draw(order_key, 2) AS buyer_draw,
    draw(order_key, 3) % 200 = 0 AS is_free,
    local_second(
        (sequence * 1000000 + below(draw(order_key, 1), 1000000)) // orders_per_day
    ) AS second_of_day
FROM (
    SELECT d.*, s.*, r.sequence, draw(d.order_key_of_day, r.sequence) AS order_key
    FROM range(first_order, end_order) AS r(sequence), order_day AS d, shop AS s
);
"""

# A fifth of the orders come from regulars, one user in a hundred. Whoever registered earlier on
# the day may order as well.
ORDERED: Final = """
CREATE MACRO ordered(first_order, end_order) AS TABLE
SELECT
    *,
    start_0 + second_of_day * (start_1 - start_0) // 86400 AS ordered_at,
    1 + below(
        buyer_draw >> 8,
        CASE
            WHEN buyer_draw % 5 = 0 THEN 1 + user_count // 100
            WHEN day_index = 0 THEN user_count
            ELSE user_count + new_users_per_day * (day_index - 1)
                + new_users_per_day * second_of_day // 86400
        END
    ) AS user_id,
    CASE
        WHEN items_draw < 43 THEN 1 WHEN items_draw < 68 THEN 2 WHEN items_draw < 84 THEN 3
        WHEN items_draw < 94 THEN 4 ELSE 5
    END::TINYINT AS line_count,
    CASE
        WHEN is_free OR shipping_draw % 10 >= 3 THEN 0
        ELSE 600 + below(shipping_draw >> 16, 1400)
    END::INTEGER AS shipping_cents
FROM (
    SELECT
        *,
        below(draw(order_key, 4), 100) AS items_draw,
        draw(order_key, 5) AS shipping_draw
    FROM placed(first_order, end_order)
);
"""

# 78 % pay within half an hour, 15 % on the next day, the others never: the shop cancels those
# one to two days after they were ordered. A free order is paid as it is placed. Three in a hundred
# are paid in two parts, the second within ten minutes, or for some of them on the next day.
# Whatever is paid ships and arrives, or is given up as lost, before the third day after its own
# has ended, at six in the evening at last.
TIMELINE: Final = """
CREATE MACRO timed(first_order, end_order) AS TABLE
SELECT
    *,
    CASE WHEN paid_at IS NULL THEN ordered_at + 86400 + below(draw(order_key, 8), 86400)
    END AS cancelled_at,
    shipped_at + 43200 + below(draw(order_key, 10), 57600) AS arrived_at
FROM (
    SELECT
        *,
        CASE WHEN paid_at IS NOT NULL THEN
            greatest(start_1 + 28800, paid_at + 7200) + below(draw(order_key, 9), 43200)
        END AS shipped_at
    FROM (
        SELECT
            *,
            CASE
                WHEN is_free THEN ordered_at
                WHEN is_split AND captured_at < start_1 AND draw(order_key, 19) % 3 = 0
                    THEN start_1 + below(draw(order_key, 19) >> 16, start_2 - start_1)
                WHEN is_split THEN captured_at + 60 + below(draw(order_key, 7) >> 16, 540)
                ELSE captured_at
            END AS paid_at
        FROM (
            SELECT
                *,
                draw(order_key, 7) % 100 < 3 AND payment_draw % 100 < 93 AND NOT is_free
                    AS is_split,
                CASE
                    WHEN is_free THEN NULL
                    WHEN payment_draw % 100 < 78
                        THEN ordered_at + 60 + below(payment_draw >> 16, 1740)
                    WHEN payment_draw % 100 < 93
                        THEN start_1 + below(payment_draw >> 16, start_2 - start_1)
                END AS captured_at
            FROM (
                SELECT *, draw(order_key, 6) AS payment_draw
                FROM ordered(first_order, end_order)
            )
        )
    )
);
"""

# Of one paid order in two hundred a line is lost on its way. An order of nothing else is never
# delivered. What was lost is refunded: it takes the place of the order's after-sale.
# Ages in days: how many midnights lie between the order and what happens to it.
LIVED: Final = """
CREATE MACRO age_of(second, start_1, start_2, start_3) AS (
    (second >= start_1)::TINYINT + (second >= start_2)::TINYINT + (second >= start_3)::TINYINT
)::TINYINT;
CREATE MACRO lived(first_order, end_order) AS TABLE
SELECT
    day_index::INTEGER AS day_index, order_number, order_key, user_id, line_count,
    shard_number, order_no(order_number, day_index, shard_number) AS order_no,
    shipping_cents, is_free, is_split,
    NOT is_free AND draw(order_key, 13) % 12 = 0 AND NOT is_foreign(order_key) AS burns_points,
    ordered_at, captured_at, paid_at, cancelled_at, shipped_at, delivered_at,
    (captured_at >= start_1)::TINYINT AS captured_age,
    age_of(paid_at, start_1, start_2, start_3) AS paid_age,
    age_of(cancelled_at, start_1, start_2, start_3) AS cancelled_age,
    age_of(shipped_at, start_1, start_2, start_3) AS shipped_age,
    age_of(delivered_at, start_1, start_2, start_3) AS delivered_age,
    lost_line_no,
    CASE WHEN lost_line_no IS NOT NULL THEN arrived_at END AS lost_at,
    CASE WHEN lost_line_no IS NOT NULL THEN age_of(arrived_at, start_1, start_2, start_3) END
        AS lost_age,
    CASE
        WHEN lost_line_no IS NOT NULL THEN lost_line_no
        WHEN has_after_sale(order_key) AND delivered_at IS NOT NULL AND NOT is_free
            THEN 1 + below(draw(order_key, 61), line_count)
    END::TINYINT AS after_sale_line_no
FROM (
    SELECT
        *, CASE WHEN lost_line_no IS NULL OR line_count > 1 THEN arrived_at END AS delivered_at
    FROM (
        SELECT
            *,
            shard_number(user_id)::SMALLINT AS shard_number,
            CASE WHEN arrived_at IS NOT NULL AND NOT is_free AND draw(order_key, 16) % 200 = 0
                THEN 1 + below(draw(order_key, 16) >> 32, line_count)
            END::TINYINT AS lost_line_no
        FROM timed(first_order, end_order)
    )
);
"""

ORDER_MACROS: Final = (PLACED, ORDERED, TIMELINE, LIVED)


def order_life(relation: str = "order_core") -> str:
    """SQL of rows of `order_core` with what is worked out only where it is written."""
    return f"""
SELECT
    *,
    date_of_day(day_index) AS order_date,
    payable_cents - goods_cents + discount_cents AS shipping_cents,
    CASE WHEN is_split
        THEN (payable_cents * (30 + below(draw(order_key, 7) >> 32, 41)) // 100)::INTEGER
        ELSE payable_cents END AS first_payment_cents,
    CASE WHEN delivered_at IS NOT NULL AND NOT is_foreign(order_key) THEN payable_cents // 1000
        ELSE 0 END AS earned_points,
    points_expire(order_key) AS points_expire,
    draw(order_key, 15) % 20 = 0 AS is_withdrawn
FROM {relation}
"""


PAYMENT_MACROS: Final = (
    """
CREATE MACRO payment_method(payment_key, order_key) AS CASE
    WHEN payment_key % 100 < 43 THEN 'alipay'
    WHEN payment_key % 100 < 82 THEN 'wechat_pay'
    WHEN payment_key % 100 < 95 OR is_foreign(order_key) THEN 'card'
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
    order_currency(order_key) AS currency,
    payment_method(payment_key, order_key) AS payment_method,
    merchant_no(payment_method(payment_key, order_key)) AS merchant_no,
    CASE WHEN payment_method(payment_key, order_key) = 'card' THEN installments(payment_key)
        ELSE 1 END AS installment_count
FROM {relation}
"""
