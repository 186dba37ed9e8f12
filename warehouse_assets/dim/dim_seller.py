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
    newest,
    partition,
    served,
    table,
)


class DimSeller(Contract):
    """Sellers as of each day."""

    seller_id: Integer = key("Seller: the merchant who is settled")
    seller_name: Text = column("Name of the shop")
    city: Text = column("City of the user, or of the seller where the row is about one")
    province: Text = column("Province or state")
    joined_at: Timestamp = column("When the seller joined the marketplace", null=True)
    updated_at: Timestamp = column("When the source last changed the row")
    dt: Day = partition("Business date that the row describes")


dim_seller = table(
    DimSeller,
    owner="team:merchant",
    reads={"ods_seller": newest(history())},
    freshness=by("04:00"),
    serving=served(),
    sort_by=("seller_id",),
    sql="""
        SELECT
            seller_id,
            seller_name,
            city,
            province,
            joined_at,
            updated_at,
            dt
        FROM ods_seller
        WHERE dt >= :start AND dt < :end
    """,
)
