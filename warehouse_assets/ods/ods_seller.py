"""One row per seller and delivery: all sellers on the first day, then each that changed."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    table,
)


class OdsSeller(DeliveredContract):
    """The merchant center's change log of sellers."""

    seller_id: Integer = column("Seller: the merchant who is settled")
    seller_name: Text = column("Name of the shop")
    city: Text = column("City of the user, or of the seller where the row is about one")
    province: Text = column("Province or state")
    joined_at: Timestamp = column("When the seller joined the marketplace", null=True)
    updated_at: Timestamp = column("When the source last changed the row")


ods_seller = table(
    OdsSeller,
    owner="team:merchant",
    source=files("merchant_center/seller", format="jsonl"),
    change_log=change_log(key=("seller_id",), sequence="updated_at"),
    freshness=by("02:00"),
)
