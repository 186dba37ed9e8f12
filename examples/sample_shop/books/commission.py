"""SQL of the rate card: what share of a line a leaf category pays as commission, and since when.

Rates are arithmetic, as everything is: a line looks its rate up by its category and the day it
was ordered, without the card.
"""

from __future__ import annotations

# A category's rate changes every thirty days, on a day of its own: 2 % to 8 % in basis points.
COMMISSION_MACROS = """
CREATE MACRO commission_key(catalogue_key, category_id) AS
    draw(draw(catalogue_key, 60), category_id);
CREATE MACRO commission_version(rate_key, day_index) AS
    (day_index + below(rate_key >> 40, 30)) // 30;
CREATE MACRO commission_start(rate_key, version) AS version * 30 - below(rate_key >> 40, 30);
CREATE MACRO commission_basis_points(rate_key, version) AS
    200 + 10 * below(draw(rate_key, version), 61);
CREATE MACRO basis_points_of(catalogue_key, category_id, day_index) AS commission_basis_points(
    commission_key(catalogue_key, category_id),
    commission_version(commission_key(catalogue_key, category_id), day_index)
);
CREATE MACRO commission_cents(pay_cents, basis_points) AS
    (pay_cents::BIGINT * basis_points + 5000) // 10000;
"""

# A change of rate is two rows: the card that was valid until yesterday, and the new one.
COMMISSION_RATES = """
SELECT
    category_id,
    (commission_basis_points(rate_key, version) * 0.0001::DECIMAL(9, 4))::DECIMAL(9, 6)
        AS commission_rate,
    date_of_day(commission_start(rate_key, version)) AS valid_from_date,
    CASE WHEN version < latest THEN date_of_day(day_index - 1) END AS valid_to_date,
    instant(
        CASE WHEN day_index = 0 THEN before_opening(rate_key, day_starts) ELSE day_start END
    ) AS updated_at
FROM (
    SELECT
        *,
        unnest(
            CASE WHEN day_index = 0 THEN [latest] ELSE [latest - 1, latest] END
        ) AS version
    FROM (
        SELECT *, commission_version(rate_key, day_index) AS latest
        FROM (
            SELECT *, commission_key(catalogue_key, category_id) AS rate_key
            FROM (
                SELECT *, 100 * (1 + (id - 1) // 5) + 1 + (id - 1) % 5 AS category_id
                FROM entities(true, $first, $end)
            )
        )
    )
    WHERE day_index = 0 OR commission_start(rate_key, latest) = day_index
)
"""
