"""One row per category and day: the category as last known at the end of that day.

Categories have two levels. One whose parent is not known that day stands at the top.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DimCategory(m.AsOfDayContract):
    """Categories as of each day, with their parents' names."""

    category_id: m.Integer = m.key(v.category_id)
    category_name: m.Text = m.column(v.category_name)
    parent_category_id: m.Integer = m.column(v.parent_category_id, null=True)
    top_category_name: m.Text = m.column("Name of the category above, or its own at the top")
    category_path: m.Text = m.column("Names from the top down: Home > Kitchen")
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_category = m.table(
    DimCategory,
    owner="team:product",
    reads={"ods_category": m.latest(m.history())},
    sort_by=("category_id",),
    sql="""
        SELECT
            c.category_id,
            c.category_name,
            c.parent_category_id,
            COALESCE(p.category_name, c.category_name) AS top_category_name,
            CASE
                WHEN p.category_id IS NULL THEN c.category_name
                ELSE CONCAT(p.category_name, ' > ', c.category_name)
            END AS category_path,
            c.updated_at,
            c.dt
        FROM ods_category AS c
        LEFT JOIN ods_category AS p ON p.category_id = c.parent_category_id AND p.dt = c.dt
        WHERE c.dt >= :start AND c.dt < :end
    """,
)
