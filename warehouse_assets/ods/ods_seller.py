"""One row per seller and delivery: all sellers on the first day, then each that changed."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsSeller(m.DeliveredContract):
    """The merchant center's change log of sellers."""

    seller_id: m.Integer = m.column("Seller: the merchant who is settled")
    seller_name: m.Text = m.column("Name of the shop")
    city: m.Text = m.column("City of the user, or of the seller where the row is about one")
    province: m.Text = m.column("Province or state")
    joined_at: m.Timestamp = m.column("When the seller joined the marketplace", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_seller = m.table(
    OdsSeller,
    owner="team:merchant",
    source=files("merchant_center/seller", format="jsonl"),
    change_log=m.change_log(key=("seller_id",), sequence="updated_at"),
    freshness=m.by("02:00"),
)
