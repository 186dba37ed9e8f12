"""One row per category and delivery: all categories on the first day, then each that changed."""

from warehouse_assets import modeling as m, vocabulary as v


class OdsCategory(m.DeliveredContract):
    """The product center's change log of categories."""

    category_id: m.Integer = m.column(v.category_id)
    category_name: m.Text = m.column(v.category_name)
    parent_category_id: m.Integer = m.column(v.parent_category_id, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_category = m.table(
    OdsCategory,
    owner="team:product",
    source=m.files("product_center/category", format="csv"),
    change_log=m.change_log(key=("category_id",), sequence="updated_at"),
)
