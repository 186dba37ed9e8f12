"""SQL of the deliveries of users, SKUs, categories, sellers and coupons.

Each is a change log. The first day delivers everything; a later day what changed on it, about
one row in a hundred, and whoever registered. A SELECT takes the slice of ids to write, `$first`
to before `$end`, and gives the columns of the landing format in their order.
"""

from __future__ import annotations

# Whatever is there at the opening came in the year before it.
DIMENSION_MACROS = """
CREATE MACRO before_opening(entity_key, day_starts) AS
    day_starts[1] - 1 - below(entity_key >> 20, 365 * 86400);
CREATE MACRO second_of_change(entity_key, day_index, day_start, day_seconds) AS
    day_start + below(draw(entity_key, 2000 + day_index), day_seconds);
CREATE MACRO entities(catalogue, first_id, end_id) AS TABLE
SELECT r.id, d.*, s.*, draw(CASE WHEN catalogue THEN s.catalogue_key ELSE s.people_key END, r.id)
    AS entity_key
FROM range(first_id, end_id) AS r(id), delivery_day AS d, shop AS s;
"""

# Registrations are spread evenly over a day in the order of the ids, so that who may order at a
# given second is arithmetic. Users who came after the opening have ids after the first ones.
USERS = """
SELECT
    user_id,
    CASE
        WHEN level_draw < 70 THEN 'NORMAL' WHEN level_draw < 88 THEN 'SILVER'
        WHEN level_draw < 97 THEN 'GOLD' ELSE 'PLATINUM'
    END AS vip_level,
    (SELECT names FROM city)[city_number] AS city,
    (SELECT provinces FROM city)[city_number] AS province,
    instant(registered_at)::TIMESTAMPTZ AS registered_at,
    instant(
        CASE WHEN registered_on = day_index THEN registered_at
        ELSE second_of_change(entity_key, day_index, day_start, day_seconds) END
    )::TIMESTAMPTZ AS updated_at
FROM (
    SELECT
        *,
        below(draw(entity_key, 1000 + entity_version(entity_key, day_index)), 100) AS level_draw,
        1 + below(draw(entity_key, 3000 + entity_version(entity_key, day_index) // 3), 20)
            AS city_number,
        CASE
            WHEN registered_on = 0 THEN before_opening(entity_key, day_starts)
            ELSE day_starts[registered_on + 1]
                + (user_id - user_count - 1) % new_users_per_day
                * (day_starts[registered_on + 2] - day_starts[registered_on + 1])
                // new_users_per_day
        END AS registered_at
    FROM (
        SELECT
            *,
            id AS user_id,
            CASE WHEN id <= user_count THEN 0
            ELSE 1 + (id - user_count - 1) // new_users_per_day END AS registered_on
        FROM entities(false, $first, $end)
    )
    WHERE registered_on = day_index OR changes_on(entity_key, day_index)
)
"""

SKUS = """
SELECT
    id AS sku_id,
    (SELECT leaves FROM category)[leaf_number(entity_key)] || ' No. ' || id AS sku_name,
    leaf_category(entity_key) AS category_id,
    amount(list_price_cents(entity_key, day_index)) AS list_price,
    'CNY' AS currency,
    CASE WHEN below(entity_key >> 16, 100) >= 3 THEN 20 + below(entity_key >> 24, 9980)
    END AS weight_gram,
    instant(
        CASE WHEN day_index = 0 THEN before_opening(entity_key, day_starts) ELSE day_start END
    )::TIMESTAMPTZ AS updated_at
FROM entities(true, $first, $end)
WHERE day_index = 0 OR changes_on(entity_key, day_index)
"""

# Ids 1 to 12 are departments; department n holds the leaves n01 to n05. Slice ids count both.
CATEGORIES = """
SELECT
    CASE WHEN is_leaf THEN 100 * parent_id + 1 + (id - 13) % 5 ELSE id END AS category_id,
    CASE
        WHEN is_leaf THEN (SELECT leaves FROM category)[id - 12]
        ELSE (SELECT departments FROM category)[id]
    END || CASE WHEN entity_version(entity_key, day_index) % 2 = 1 THEN ' & More' ELSE '' END
        AS category_name,
    CASE WHEN is_leaf THEN parent_id END AS parent_category_id,
    instant(
        CASE WHEN day_index = 0 THEN before_opening(entity_key, day_starts)
        ELSE second_of_change(entity_key, day_index, day_start, day_seconds) END
    ) AS updated_at
FROM (
    SELECT
        * EXCLUDE (entity_key),
        draw(entity_key, 40) AS entity_key,
        id > 12 AS is_leaf,
        1 + (id - 13) // 5 AS parent_id
    FROM entities(true, $first, $end)
)
WHERE day_index = 0 OR changes_on(entity_key, day_index)
"""

SELLERS = """
SELECT
    id AS seller_id,
    seller_name(people_key, id) AS seller_name,
    (SELECT names FROM city)[city_number] AS city,
    (SELECT provinces FROM city)[city_number] AS province,
    instant(before_opening(entity_key, day_starts)) AS joined_at,
    instant(
        CASE WHEN day_index = 0 THEN before_opening(entity_key, day_starts)
        ELSE second_of_change(entity_key, day_index, day_start, day_seconds) END
    ) AS updated_at
FROM (
    SELECT
        *,
        1 + below(draw(entity_key, 3000 + entity_version(entity_key, day_index)), 20)
            AS city_number
    FROM (
        SELECT * EXCLUDE (entity_key), draw(entity_key, 41) AS entity_key
        FROM entities(false, $first, $end)
    )
)
WHERE day_index = 0 OR changes_on(entity_key, day_index)
"""

# Ids 1 to 20 are there from the opening on and valid for a year; every day brings four more.
COUPONS = """
SELECT
    id AS coupon_id,
    CASE WHEN id <= standing_coupons() THEN '会员券 ' ELSE '满减券 ' END || id || CASE
        WHEN entity_version(entity_key, day_index) % 2 = 1 THEN ' (limited)' ELSE ''
    END AS coupon_name,
    CASE platform_percent WHEN 100 THEN 'platform' WHEN 0 THEN 'seller' ELSE 'shared' END
        AS funded_by,
    (platform_percent * 0.01::DECIMAL(3, 2))::DECIMAL(9, 6) AS platform_share_rate,
    amount(coupon_face_cents(entity_key)) AS face_amount,
    amount(coupon_threshold_cents(entity_key)) AS threshold_amount,
    'CNY' AS currency,
    date_of_day(greatest(issued_on, 0)) AS valid_from_date,
    date_of_day(
        CASE WHEN issued_on < 0 THEN standing_coupon_days() - 1
        ELSE issued_on + coupon_days() - 1 END
    ) AS valid_to_date,
    instant(
        CASE
            WHEN issued_on = day_index THEN day_start
            WHEN day_index = 0 THEN before_opening(entity_key, day_starts)
            ELSE second_of_change(entity_key, day_index, day_start, day_seconds)
        END
    ) AS updated_at
FROM (
    SELECT
        * EXCLUDE (entity_key),
        coupon_key(id) AS entity_key,
        coupon_platform_percent(coupon_key(id)) AS platform_percent,
        (id - 1 - standing_coupons() + coupons_per_day()) // coupons_per_day() - 1 AS issued_on
    FROM entities(false, $first, $end)
)
WHERE day_index = 0 OR issued_on = day_index OR changes_on(entity_key, day_index)
"""
