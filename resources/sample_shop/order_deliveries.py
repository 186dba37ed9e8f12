"""SQL of the three deliveries that grow with the number of orders: orders, lines, payments.

Each SELECT takes the slice of a day's orders to write, `$first` to before `$end`, and gives the
columns of the landing format in their order.
"""

from __future__ import annotations

# Draw 20 is the fate of an order's message, of which its lines are part; draw 21 a payment's.
ORDERS = """
SELECT
    'O' || order_number AS order_no,
    user_id,
    CASE
        WHEN delivered_at < version_end THEN 'delivered'
        WHEN shipped_at < version_end THEN 'shipped'
        WHEN cancelled_at < version_end THEN 'cancelled'
        WHEN paid_at < version_end THEN 'paid'
        ELSE 'created'
    END AS order_status,
    instant(ordered_at) AS ordered_at,
    instant(CASE WHEN paid_at < version_end THEN paid_at END) AS paid_at,
    instant(CASE WHEN cancelled_at < version_end THEN cancelled_at END) AS cancelled_at,
    instant(CASE WHEN shipped_at < version_end THEN shipped_at END) AS shipped_at,
    instant(CASE WHEN delivered_at < version_end THEN delivered_at END) AS delivered_at,
    amount(goods_cents) AS goods_amount,
    amount(discount_cents) AS discount_amount,
    amount(shipping_cents) AS shipping_amount,
    amount(goods_cents - discount_cents + shipping_cents) AS payable_amount,
    'CNY' AS currency,
    instant(CASE
        WHEN delivered_at < version_end THEN delivered_at
        WHEN shipped_at < version_end THEN shipped_at
        WHEN cancelled_at < version_end THEN cancelled_at
        WHEN paid_at < version_end THEN paid_at
        ELSE ordered_at
    END) AS updated_at
FROM totalled(20, true, $first, $end)
WHERE happens(ordered_at, version_start, version_end)
    OR happens(paid_at, version_start, version_end)
    OR happens(cancelled_at, version_start, version_end)
    OR happens(shipped_at, version_start, version_end)
    OR happens(delivered_at, version_start, version_end)
"""

# Shipping is shared evenly; the first lines carry the cents that remain.
ORDER_ITEMS = """
SELECT
    'O' || order_number AS order_no,
    line_no,
    sku_id,
    seller_of(sku_key, seller_count) AS seller_id,
    quantity,
    amount(goods_cents // quantity) AS unit_price,
    amount(discount_cents) AS discount_amount,
    amount(line_shipping_cents) AS shipping_amount,
    amount(goods_cents - discount_cents + line_shipping_cents) AS pay_amount,
    'CNY' AS currency,
    instant(ordered_at) AS updated_at
FROM (
    SELECT
        *,
        line_discount_cents(line_key, goods_cents, is_free) AS discount_cents,
        shipping_cents // item_count
            + (line_no <= shipping_cents % item_count)::BIGINT AS line_shipping_cents
    FROM (
        SELECT
            *,
            line_quantity(line_key) AS quantity,
            line_goods_cents(line_key, sku_key, day_index, true) AS goods_cents
        FROM (
            SELECT *, draw(catalogue_key, sku_id) AS sku_key
            FROM (
                SELECT *, popular_sku(line_key, sku_count, sku_octaves) AS sku_id
                FROM (
                    SELECT *, line_key(order_key, line_no) AS line_key
                    FROM (
                        SELECT *, unnest(range(1, item_count + 1)) AS line_no
                        FROM ordered(20, $first, $end)
                        WHERE version = 0
                    )
                )
            )
        )
    )
)
"""

# Slots of an order's payments: 1 is its payment, 2 the second part of a split one, 3 an attempt
# that failed before. Half of those who never pay open a payment; the shop closes it as failed.
PAYMENTS = """
SELECT
    'P' || (order_number * 10 + slot) AS payment_no,
    'O' || order_number AS order_no,
    user_id,
    payment_method,
    CASE
        WHEN payment_method <> 'card' THEN 1
        ELSE [1, 1, 1, 1, 1, 1, 3, 3, 6, 12][1 + below(payment_key >> 16, 10)]
    END AS installment_count,
    CASE WHEN closed_at >= version_end THEN 'pending'
        WHEN is_captured THEN 'captured' ELSE 'failed' END AS payment_status,
    amount(paid_cents) AS paid_amount,
    'CNY' AS currency,
    instant(opened_at) AS created_at,
    instant(CASE WHEN is_captured AND closed_at < version_end THEN closed_at END) AS paid_at,
    instant(CASE WHEN closed_at < version_end THEN closed_at ELSE opened_at END) AS updated_at
FROM (
    SELECT
        *,
        slot <> 3 AND captured_at IS NOT NULL AS is_captured,
        CASE
            WHEN payment_key % 100 < 45 THEN 'alipay'
            WHEN payment_key % 100 < 85 THEN 'wechat_pay'
            ELSE 'card'
        END AS payment_method,
        CASE slot
            WHEN 1 THEN ordered_at + 10 + below(payment_key >> 32, 50)
            WHEN 2 THEN captured_at + 20
            ELSE ordered_at + 2
        END AS opened_at,
        CASE slot
            WHEN 1 THEN coalesce(captured_at, cancelled_at)
            WHEN 2 THEN paid_at
            ELSE ordered_at + 4 + below(payment_key >> 32, 5)
        END AS closed_at,
        CASE
            WHEN NOT is_split OR slot = 3 THEN payable_cents
            WHEN slot = 1 THEN first_part_cents
            ELSE payable_cents - first_part_cents
        END AS paid_cents
    FROM (
        SELECT
            *,
            draw(order_key, 30 + slot) AS payment_key,
            payable_cents * (30 + below(draw(order_key, 7) >> 32, 41)) // 100 AS first_part_cents
        FROM (
            SELECT
                *,
                goods_cents - discount_cents + shipping_cents AS payable_cents,
                unnest(CASE
                    WHEN is_opened AND is_split THEN CASE WHEN fails THEN [3, 1, 2] ELSE [1, 2] END
                    WHEN is_opened THEN CASE WHEN fails THEN [3, 1] ELSE [1] END
                    WHEN fails THEN [3]
                    ELSE []::INTEGER[]
                END) AS slot
            FROM (
                SELECT
                    *,
                    captured_at IS NOT NULL OR draw(order_key, 12) % 2 = 0 AS is_opened,
                    draw(order_key, 11) % 25 = 0 AS fails
                FROM totalled(21, false, $first, $end)
                WHERE NOT is_free
            )
        )
    )
)
WHERE happens(opened_at, version_start, version_end)
    OR happens(closed_at, version_start, version_end)
"""
