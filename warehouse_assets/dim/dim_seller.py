"""One row per seller and day: the seller as last known at the end of that day."""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Text,
    Timestamp,
    by,
    column,
    history,
    key,
    partition,
    table,
    whole_table,
)


class DimSeller(Contract):
    """Sellers as of each day."""

    seller_id: Integer = key("Seller: the merchant who is settled")
    seller_name: Text = column("Name of the shop")
    city: Text = column("City")
    province: Text = column("Province or state")
    joined_at: Timestamp = column("When the seller joined the marketplace", null=True)
    updated_at: Timestamp = column("When the source last changed the row")
    dt: Day = partition("Business date that the row describes")


dim_seller = table(
    DimSeller,
    owner="team:merchant",
    reads={"ods_seller": history(), "dim_date": whole_table()},
    freshness=by("04:00"),
    sort_by=("seller_id",),
    sql="""
        SELECT
            s.seller_id,
            s.seller_name,
            s.city,
            s.province,
            s.joined_at,
            s.updated_at,
            d.dt
        FROM dim_date AS d
        JOIN ods_seller AS s ON s.dt <= d.dt
        WHERE d.dt >= :start AND d.dt < :end
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY d.dt, s.seller_id
            ORDER BY s.updated_at DESC, s.dt DESC, s.source_file DESC, s.source_line DESC
        ) = 1
    """,
)
