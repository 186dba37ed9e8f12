"""SQL of the life of an order: which of its versions a day delivers, its lines, its totals.

`delivery_age` holds one row for each (age, version, copy) that a delivered day may hold: orders
are `age` days old; `version` v is how an order stood at the end of the v-th day after its own;
`copy` 2 is a row sent twice. `shop` holds one row of the shop's sizes.
"""

from __future__ import annotations

TABLES = """
CREATE TABLE shop (
    catalogue_key UBIGINT, people_key UBIGINT,
    orders_per_day BIGINT, user_count BIGINT, new_users_per_day BIGINT,
    sku_count BIGINT, sku_octaves BIGINT, seller_count BIGINT
);
CREATE TABLE delivery_day (
    day_index BIGINT, day_start BIGINT, day_seconds BIGINT, day_starts BIGINT[]
);
CREATE TABLE delivery_age (
    order_key_of_day UBIGINT, order_number_of_day BIGINT, day_index BIGINT,
    day_start BIGINT, next_day_start BIGINT, second_day_start BIGINT,
    age BIGINT, version BIGINT, copy BIGINT, version_start BIGINT, version_end BIGINT
);
"""

# The fate of a message: 1 % first arrive one or two days late; of every version 0.5 % are sent
# twice, on the same day or again on the next. Nothing arrives later than on the third day.
FATE = """
CREATE MACRO days_late(fate) AS CASE below(fate, 200) WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 0 END;
CREATE MACRO delivered_age(fate, version) AS greatest(version, days_late(fate));
CREATE MACRO is_repeated(fate, version) AS below(fate >> 20, 200) = version;
CREATE MACRO age_of_repeat(fate, version) AS
    least(3, delivered_age(fate, version) + below(fate >> 40, 2));
CREATE MACRO is_delivered(fate, age, version, copy) AS CASE
    WHEN copy = 1 THEN age = delivered_age(fate, version)
    ELSE is_repeated(fate, version) AND age = age_of_repeat(fate, version)
END;
"""

PLACED = """
CREATE MACRO placed(fate_purpose, first_order, end_order) AS TABLE
SELECT d.*, s.*, r.sequence, draw(d.order_key_of_day, r.sequence) AS order_key
FROM range(first_order, end_order) AS r(sequence), delivery_age AS d, shop AS s
WHERE is_delivered(
    draw(draw(d.order_key_of_day, r.sequence), fate_purpose), d.age, d.version, d.copy
);
"""

ORDERED = """
CREATE MACRO ordered(fate_purpose, first_order, end_order) AS TABLE
SELECT
    *,
    order_number_of_day + sequence + 1 AS order_number,
    day_start + second_of_day * (next_day_start - day_start) // 86400 AS ordered_at,
    1 + below(
        draw(order_key, 2) >> 8,
        CASE
            -- A fifth of the orders come from regulars, one user in a hundred.
            WHEN draw(order_key, 2) % 5 = 0 THEN 1 + user_count // 100
            WHEN day_index = 0 THEN user_count
            -- Whoever registered earlier on the day may order as well.
            ELSE user_count + new_users_per_day * (day_index - 1)
                + new_users_per_day * second_of_day // 86400
        END
    ) AS user_id,
    draw(order_key, 3) % 200 = 0 AS is_free,
    CASE
        WHEN items_draw < 43 THEN 1 WHEN items_draw < 68 THEN 2 WHEN items_draw < 84 THEN 3
        WHEN items_draw < 94 THEN 4 ELSE 5
    END AS item_count,
    CASE
        WHEN draw(order_key, 3) % 200 = 0 OR draw(order_key, 5) % 10 >= 3 THEN 0
        ELSE 600 + below(draw(order_key, 5) >> 16, 1400)
    END AS shipping_cents
FROM (
    SELECT
        *,
        below(draw(order_key, 4), 100) AS items_draw,
        local_second(
            (sequence * 1000000 + below(draw(order_key, 1), 1000000)) // orders_per_day
        ) AS second_of_day
    FROM placed(fate_purpose, first_order, end_order)
);
"""

LINES = """
CREATE MACRO line_key(order_key, line_no) AS draw(order_key, 100 + line_no);
CREATE MACRO line_quantity(line_key) AS CASE
    WHEN (line_key >> 16) % 100 < 85 THEN 1 WHEN (line_key >> 16) % 100 < 95 THEN 2 ELSE 3
END;
CREATE MACRO line_goods_cents(line_key, sku_key, day_index, is_present) AS CASE
    WHEN is_present THEN list_price_cents(sku_key, day_index) * line_quantity(line_key) ELSE 0
END;
CREATE MACRO line_discount_cents(line_key, goods_cents, is_free) AS CASE
    WHEN is_free THEN goods_cents
    WHEN (line_key >> 40) % 100 < 15 THEN goods_cents * (5 + below(line_key >> 48, 26)) // 100
    ELSE 0
END;
"""

# 78 % pay within half an hour, 15 % on the next day, the others never: the shop cancels those
# one to two days after they were ordered. A free order is paid as it is placed. Whatever is paid
# ships and arrives before the third day after its own has ended.
TIMELINE = """
CREATE MACRO timed(fate_purpose, first_order, end_order) AS TABLE
SELECT
    *,
    CASE WHEN paid_at IS NULL THEN ordered_at + 86400 + below(draw(order_key, 8), 86400)
    END AS cancelled_at,
    shipped_at + 43200 + below(draw(order_key, 10), 57600) AS delivered_at
FROM (
    SELECT
        *,
        CASE WHEN paid_at IS NOT NULL THEN
            greatest(next_day_start + 28800, paid_at + 7200) + below(draw(order_key, 9), 43200)
        END AS shipped_at
    FROM (
        SELECT
            *,
            CASE
                WHEN is_free THEN ordered_at
                WHEN is_split THEN captured_at + 60 + below(draw(order_key, 7) >> 16, 540)
                ELSE captured_at
            END AS paid_at
        FROM (
            SELECT
                *,
                draw(order_key, 7) % 100 < 3 AND draw(order_key, 6) % 100 < 93 AND NOT is_free
                    AS is_split,
                CASE
                    WHEN is_free THEN NULL
                    WHEN draw(order_key, 6) % 100 < 78
                        THEN ordered_at + 60 + below(draw(order_key, 6) >> 16, 1740)
                    WHEN draw(order_key, 6) % 100 < 93
                        THEN next_day_start
                            + below(draw(order_key, 6) >> 16, second_day_start - next_day_start)
                END AS captured_at
            FROM ordered(fate_purpose, first_order, end_order)
        )
    )
);
"""

# Only what happened on the version's own day is delivered. `shipments` says whether shipping
# counts: payments do not care.
CHANGED = """
CREATE MACRO happens(second, window_start, window_end) AS
    second >= window_start AND second < window_end;
CREATE MACRO changed(fate_purpose, shipments, first_order, end_order) AS TABLE
SELECT * FROM timed(fate_purpose, first_order, end_order)
WHERE happens(ordered_at, version_start, version_end)
    OR happens(ordered_at + 60, version_start, version_end)
    OR happens(captured_at, version_start, version_end)
    OR happens(paid_at, version_start, version_end)
    OR happens(cancelled_at, version_start, version_end)
    OR (shipments AND happens(shipped_at, version_start, version_end))
    OR (shipments AND happens(delivered_at, version_start, version_end));
"""

# An order's totals are the sums of its lines, worked out again rather than joined: the lines
# are arithmetic too, and a join of every order with its lines is what would not fit in memory.
TOTALS = """
CREATE MACRO totalled(fate_purpose, shipments, first_order, end_order) AS TABLE
SELECT
    * EXCLUDE (line_1, line_2, line_3, line_4, line_5, goods_1, goods_2, goods_3, goods_4, goods_5),
    goods_1 + goods_2 + goods_3 + goods_4 + goods_5 AS goods_cents,
    line_discount_cents(line_1, goods_1, is_free) + line_discount_cents(line_2, goods_2, is_free)
    + line_discount_cents(line_3, goods_3, is_free) + line_discount_cents(line_4, goods_4, is_free)
    + line_discount_cents(line_5, goods_5, is_free) AS discount_cents
FROM (
    SELECT
        * EXCLUDE (sku_1, sku_2, sku_3, sku_4, sku_5),
        line_goods_cents(line_1, sku_1, day_index, item_count >= 1) AS goods_1,
        line_goods_cents(line_2, sku_2, day_index, item_count >= 2) AS goods_2,
        line_goods_cents(line_3, sku_3, day_index, item_count >= 3) AS goods_3,
        line_goods_cents(line_4, sku_4, day_index, item_count >= 4) AS goods_4,
        line_goods_cents(line_5, sku_5, day_index, item_count >= 5) AS goods_5
    FROM (
        SELECT
            *,
            draw(catalogue_key, popular_sku(line_1, sku_count, sku_octaves)) AS sku_1,
            draw(catalogue_key, popular_sku(line_2, sku_count, sku_octaves)) AS sku_2,
            draw(catalogue_key, popular_sku(line_3, sku_count, sku_octaves)) AS sku_3,
            draw(catalogue_key, popular_sku(line_4, sku_count, sku_octaves)) AS sku_4,
            draw(catalogue_key, popular_sku(line_5, sku_count, sku_octaves)) AS sku_5
        FROM (
            SELECT
                *,
                line_key(order_key, 1) AS line_1, line_key(order_key, 2) AS line_2,
                line_key(order_key, 3) AS line_3, line_key(order_key, 4) AS line_4,
                line_key(order_key, 5) AS line_5
            FROM changed(fate_purpose, shipments, first_order, end_order)
        )
    )
);
"""

ORDER_MACROS = (TABLES, FATE, PLACED, ORDERED, LINES, TIMELINE, CHANGED, TOTALS)
