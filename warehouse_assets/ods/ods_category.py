"""One row per category and delivery: all categories on the first day, then each that changed."""

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


class OdsCategory(DeliveredContract):
    """The product center's change log of categories."""

    category_id: Integer = column("Category that SKUs are listed under")
    category_name: Text = column("Name of the category")
    parent_category_id: Integer = column("Category above this one", null=True)
    updated_at: Timestamp = column("When the source last changed the row")


ods_category = table(
    OdsCategory,
    owner="team:product",
    source=files("product_center/category", format="csv"),
    change_log=change_log(key=("category_id",), sequence="updated_at"),
    freshness=by("02:00"),
)
