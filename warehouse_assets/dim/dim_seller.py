"""One row per seller and day: the seller as last known at the end of that day."""

from warehouse_assets import modeling as m


class DimSeller(m.Contract):
    """Sellers as of each day."""

    seller_id: m.Integer = m.key("Seller: the merchant who is settled")
    seller_name: m.Text = m.column("Name of the shop")
    city: m.Text = m.column("City of the user, or of the seller where the row is about one")
    province: m.Text = m.column("Province or state")
    joined_at: m.Timestamp = m.column("When the seller joined the marketplace", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")
    dt: m.Day = m.partition("Business date that the row describes")


dim_seller = m.table(
    DimSeller,
    owner="team:merchant",
    reads={"ods_seller": m.newest(m.history())},
    freshness=m.by("04:00"),
    serving=m.served(),
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
