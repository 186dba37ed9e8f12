"""One row per category and day: the category as last known at the end of that day.

Categories have two levels. One whose parent is not known that day stands at the top.
"""

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


class DimCategory(Contract):
    """Categories as of each day, with their parents' names."""

    category_id: Integer = key("Category")
    category_name: Text = column("Name of the category")
    parent_category_id: Integer = column("Category above this one", null=True)
    top_category_name: Text = column("Name of the category above, or its own at the top")
    category_path: Text = column("Names from the top down: Home > Kitchen")
    updated_at: Timestamp = column("When the source last changed the row")
    dt: Day = partition("Business date that the row describes")


dim_category = table(
    DimCategory,
    owner="team:product",
    reads={"ods_category": history(), "dim_date": whole_table()},
    freshness=by("04:00"),
    sort_by=("category_id",),
    sql="""
        WITH categories AS (
            SELECT
                c.category_id,
                c.category_name,
                c.parent_category_id,
                c.updated_at,
                d.dt
            FROM dim_date AS d
            JOIN ods_category AS c ON c.dt <= d.dt
            WHERE d.dt >= :start AND d.dt < :end
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY d.dt, c.category_id
                ORDER BY c.updated_at DESC, c.dt DESC, c.source_file DESC, c.source_line DESC
            ) = 1
        )
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
        FROM categories AS c
        LEFT JOIN categories AS p ON p.category_id = c.parent_category_id AND p.dt = c.dt
    """,
)
