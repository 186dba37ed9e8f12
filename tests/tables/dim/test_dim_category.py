from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, expect, run_sql
from warehouse_assets.dim.dim_category import dim_category

HOME = {"category_id": 1, "category_name": "Home"}
KITCHEN = {"category_id": 2, "category_name": "Kitchen", "parent_category_id": 1}


def test_a_category_shows_its_parent_and_a_top_one_itself():
    rows = run_sql(dim_category, {"ods_category": [HOME, KITCHEN]})
    expect(
        rows,
        [
            {"category_id": 1, "top_category_name": "Home", "category_path": "Home"},
            {"category_id": 2, "top_category_name": "Home", "category_path": "Home > Kitchen"},
        ],
    )


def test_a_parent_that_is_not_known_loses_no_category():
    rows = run_sql(dim_category, {"ods_category": [KITCHEN]})
    expect(rows, [{"category_id": 2, "top_category_name": "Kitchen", "category_path": "Kitchen"}])


def test_a_renamed_parent_renames_the_path_from_that_day_on():
    tomorrow = DAY + timedelta(days=1)
    renamed = {**HOME, "category_name": "House", "updated_at": at("2026-01-11 09:00")}
    rows = run_sql(
        dim_category,
        {"ods_category": [HOME, KITCHEN, {**renamed, "dt": tomorrow}]},
        Window.of_days(DAY, tomorrow),
    )
    expect(
        rows,
        [
            {"dt": DAY, "category_path": "Home"},
            {"dt": DAY, "category_path": "Home > Kitchen"},
            {"dt": tomorrow, "category_path": "House"},
            {"dt": tomorrow, "category_path": "House > Kitchen"},
        ],
    )
