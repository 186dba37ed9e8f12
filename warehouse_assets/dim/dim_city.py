"""One row per city, province and day: every city in which a user or a seller is that day.

Cities of one name in two provinces are two cities.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Text,
    by,
    column,
    key,
    partition,
    same_day,
    served,
    table,
)


class DimCity(Contract):
    """Cities as of each day, with who is there."""

    city: Text = key("City of the user, or of the seller where the row is about one")
    province: Text = key("Province or state")
    user_count: Integer = column("Users in the city")
    seller_count: Integer = column("Sellers in the city")
    dt: Day = partition("Business date that the row describes")


dim_city = table(
    DimCity,
    owner="team:user",
    reads={"dim_user": same_day(), "dim_seller": same_day()},
    freshness=by("04:00"),
    serving=served(),
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
