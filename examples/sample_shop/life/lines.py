"""SQL of an order's lines: what is bought, at what price, with which discounts."""

from __future__ import annotations

from typing import Final

# A coupon is worth its face on a line of four times as much. Who bears it never changes.
_COUPONS = """
CREATE MACRO coupon_face_cents(coupon_key) AS CASE below(coupon_key >> 8, 4)
    WHEN 0 THEN 500 WHEN 1 THEN 1000 WHEN 2 THEN 2000 ELSE 5000
END;
CREATE MACRO coupon_threshold_cents(coupon_key) AS 4 * coupon_face_cents(coupon_key);
CREATE MACRO coupon_platform_percent(coupon_key) AS CASE
    WHEN below(coupon_key >> 16, 10) < 4 THEN 100
    WHEN below(coupon_key >> 16, 10) < 7 THEN 10 * below(coupon_key >> 16, 10) - 10
    ELSE 0
END;
"""

# Twenty coupons are valid for a year from the opening on; every day brings four more, valid for
# thirty days. A line uses one that is valid on its day.
_VALIDITY = """
CREATE MACRO standing_coupons() AS 20;
CREATE MACRO coupons_per_day() AS 4;
CREATE MACRO coupon_days() AS 30;
CREATE MACRO standing_coupon_days() AS 365;
CREATE MACRO used_coupon(coupon_draw, day_index) AS CASE
    WHEN coupon_draw % 2 = 0 AND day_index < standing_coupon_days()
        THEN 1 + below(coupon_draw >> 8, standing_coupons())
    ELSE standing_coupons() + coupons_per_day() * (day_index + 1)
        - below(coupon_draw >> 8, coupons_per_day() * least(day_index + 1, coupon_days()))
END;
"""

_PARTS = """
CREATE MACRO line_quantity(line_key) AS CASE
    WHEN (line_key >> 16) % 100 < 85 THEN 1 WHEN (line_key >> 16) % 100 < 95 THEN 2 ELSE 3
END;
CREATE MACRO promotion_cents(line_key, goods_cents, is_free) AS CASE
    WHEN is_free THEN goods_cents
    WHEN (line_key >> 40) % 100 < 15
        THEN (goods_cents * (5 + below(line_key >> 48, 26)) // 100)::INTEGER
    ELSE 0
END;
CREATE MACRO used_points(line_key, cents) AS
    (cents * (1 + below(line_key >> 52, 10)) // 100)::INTEGER;
CREATE MACRO unit_cost_cents(sku_key, day_index) AS
    (list_price_cents(sku_key, day_index) * 60 // 100)::INTEGER;
"""

# Each sku is kept in two of four warehouses; the second sends one line in ten.
_WAREHOUSES = """
CREATE MACRO first_warehouse(sku_key) AS 1 + below(sku_key >> 40, 4);
CREATE MACRO second_warehouse(sku_key) AS 1 + (1 + below(sku_key >> 40, 4)) % 4;
CREATE MACRO warehouse_code(number) AS
    CASE number WHEN 1 THEN 'WH1' WHEN 2 THEN 'WH2' WHEN 3 THEN 'WH3' ELSE 'WH4' END;
"""

LINE_MACROS: Final = (_COUPONS, _VALIDITY, _PARTS, _WAREHOUSES)

_PRICED = """
SELECT
    *,
    promotion_cents(line_key, goods_cents, is_free) AS promotion_cents,
    CASE WHEN coupon_draw % 9 = 0 AND NOT is_free AND NOT is_foreign(order_key)
        THEN used_coupon(coupon_draw >> 8, day_index) END AS drawn_coupon
FROM (
    SELECT *, unit_price_cents * quantity AS goods_cents, draw(line_key, 1) AS coupon_draw
    FROM (
        SELECT
            *,
            (list_price_cents(sku_key, day_index) * price_percent(order_key) // 100)::INTEGER
                AS unit_price_cents,
            line_quantity(line_key) AS quantity
        FROM (
            SELECT *, sku_key(sku_id) AS sku_key
            FROM (
                SELECT *, bought_sku(line_key) AS sku_id
                FROM (
                    SELECT *, draw(order_key, 100 + line_no) AS line_key
                    FROM (
                        SELECT *, unnest(range(1, line_count + 1))::TINYINT AS line_no
                        FROM order_base
                    )
                )
            )
        )
    )
)
"""

# Shipping is shared evenly; the first lines carry the cents that remain. Ordinary discounts take
# at most 30 %, a coupon 25 %, points 10 % of the rest: only the lines of free orders are free.
_DISCOUNTED = f"""
SELECT
    *,
    CASE WHEN burns_points THEN used_points(line_key, goods_cents - promotion_cents - coupon_cents)
        ELSE 0 END AS points_cents,
    CASE WHEN coupon_cents > 0 THEN drawn_coupon END AS coupon_id
FROM (
    SELECT
        * EXCLUDE (shipping_cents),
        (shipping_cents // line_count + (line_no <= shipping_cents % line_count)::INTEGER)::INTEGER
            AS shipping_cents,
        CASE WHEN drawn_coupon IS NOT NULL AND goods_cents >= coupon_threshold_cents(drawn_key)
            THEN coupon_face_cents(drawn_key) ELSE 0 END::INTEGER AS coupon_cents
    FROM (SELECT *, coupon_key(drawn_coupon) AS drawn_key FROM ({_PRICED}))
)
"""

LINE_CORE: Final = f"""
SELECT
    day_index, order_number, order_no, order_key, line_no, line_count, line_key, user_id,
    shard_number,
    sku_id, quantity, goods_cents,
    (promotion_cents + coupon_cents + points_cents)::INTEGER AS discount_cents,
    coupon_id, coupon_cents, points_cents, shipping_cents,
    (goods_cents - promotion_cents - coupon_cents - points_cents + shipping_cents)::INTEGER
        AS pay_cents,
    ordered_at, cancelled_at, shipped_at,
    CASE WHEN lost_line_no = line_no THEN NULL ELSE delivered_at END AS delivered_at,
    CASE WHEN lost_line_no = line_no THEN lost_at END AS lost_at,
    cancelled_age, shipped_age,
    CASE WHEN lost_line_no = line_no THEN NULL ELSE delivered_age END AS delivered_age,
    CASE WHEN lost_line_no = line_no THEN lost_age END AS lost_age,
    coalesce(after_sale_line_no = line_no, false) AS has_after_sale
FROM ({_DISCOUNTED})
"""


def line_life(relation: str = "line_core") -> str:
    """SQL of rows of `line_core` with what is worked out only where it is written."""
    return f"""
SELECT
    *,
    date_of_day(day_index) AS order_date,
    order_currency(order_key) AS currency,
    sku_key(sku_id) AS sku_key,
    sku_seller(sku_key(sku_id)) AS seller_id,
    leaf_category(sku_key(sku_id)) AS category_id,
    CASE WHEN below(line_key >> 56, 10) = 0 THEN second_warehouse(sku_key(sku_id))
        ELSE first_warehouse(sku_key(sku_id)) END AS warehouse_number,
    goods_cents // quantity AS unit_price_cents,
    CASE WHEN coupon_cents > 0
        THEN (coupon_cents * coupon_platform_percent(coupon_key(coupon_id)) + 50) // 100
        ELSE 0 END::INTEGER AS platform_cents,
    CASE
        WHEN lost_at IS NOT NULL THEN pay_cents
        WHEN has_after_sale AND is_approved(after_sale_key(order_key))
            THEN after_sale_cents(after_sale_key(order_key), quantity, pay_cents)
        ELSE 0
    END AS refunded_cents
FROM {relation}
"""
