"""One row per category and delivery: all categories on the first day, then each that changed."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsCategory(m.DeliveredContract):
    """The product center's change log of categories."""

    category_id: m.Integer = m.column("Category that SKUs are listed under")
    category_name: m.Text = m.column("Name of the category")
    parent_category_id: m.Integer = m.column("Category above this one", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_category = m.table(
    OdsCategory,
    owner="team:product",
    source=files("product_center/category", format="csv"),
    change_log=m.change_log(key=("category_id",), sequence="updated_at"),
    freshness=m.by("02:00"),
)
