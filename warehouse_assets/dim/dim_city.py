"""One row per city, province and day: every city in which a user or a seller is that day.

Cities of one name in two provinces are two cities.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DimCity(m.AsOfDayContract):
    """Cities as of each day, with who is there."""

    city: m.Text = m.key(v.city)
    province: m.Text = m.key(v.province)
    user_count: m.Integer = m.column("Users in the city")
    seller_count: m.Integer = m.column("Sellers in the city")


dim_city = m.table(
    DimCity,
    owner="team:user",
    reads={"dim_user": m.same_day(), "dim_seller": m.same_day()},
    sort_by=("province", "city"),
    sql="""
        WITH people AS (
            SELECT dt, city, province, COUNT(*) AS user_count, 0 AS seller_count
            FROM dim_user
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, city, province
            UNION ALL
            SELECT dt, city, province, 0, COUNT(*)
            FROM dim_seller
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, city, province
        )
        SELECT
            city,
            province,
            SUM(user_count) AS user_count,
            SUM(seller_count) AS seller_count,
            dt
        FROM people
        GROUP BY dt, city, province
    """,
)
