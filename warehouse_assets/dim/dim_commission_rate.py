"""One row per leaf category and day: the commission rate on the rate card of that day.

Where two rates of a category are valid on one day, the one that began later counts. A category
without a valid rate has no row.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DimCommissionRate(m.AsOfDayContract):
    """The rate card for sellers as of each day."""

    category_id: m.Integer = m.key(v.category_id, references="dim_category")
    commission_rate: m.Rate = m.column(v.commission_rate)
    valid_from_date: m.Day = m.column(v.valid_from_date)
    valid_to_date: m.Day = m.column(v.valid_to_date, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_commission_rate = m.table(
    DimCommissionRate,
    owner="team:merchant",
    reads={"ods_commission_rate": m.latest(m.history())},
    sort_by=("category_id",),
    sql="""
        SELECT
            category_id,
            commission_rate,
            valid_from_date,
            valid_to_date,
            updated_at,
            dt
        FROM ods_commission_rate
        WHERE dt >= :start
            AND dt < :end
            AND valid_from_date <= dt
            AND (valid_to_date IS NULL OR valid_to_date >= dt)
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY dt, category_id ORDER BY valid_from_date DESC
        ) = 1
    """,
)
