from datetime import date, timedelta

from tests.tables.run_sql import DAY, at, expect, run_sql
from warehouse_assets.dim.dim_sku_history import dim_sku_history

FAR = date(9999, 12, 31)


def sku(days: int, **values):
    changed = DAY + timedelta(days=days)
    return {"sku_id": 7, "updated_at": at(f"{changed} 12:00"), "dt": changed, **values}


def test_a_new_price_begins_a_row_and_a_new_name_does_not():
    rows = run_sql(
        dim_sku_history,
        {
            "ods_sku": [
                sku(0, list_price=10, sku_name="old name"),
                sku(1, list_price=10, sku_name="new name"),
                sku(2, list_price=12, sku_name="new name"),
            ]
        },
    )
    expect(
        rows,
        [
            {"list_price": 10, "sku_name": "new name", "valid_to": DAY + timedelta(2)},
            {"list_price": 12, "sku_name": "new name", "valid_to": FAR},
        ],
    )


def test_a_price_that_is_not_known_is_a_state_like_any_other():
    rows = run_sql(
        dim_sku_history,
        {"ods_sku": [sku(0), sku(1), sku(2, list_price=12), sku(3)]},
    )
    expect(
        rows,
        [
            {"list_price": None, "valid_from": DAY},
            {"list_price": 12, "valid_from": DAY + timedelta(2)},
            {"list_price": None, "valid_from": DAY + timedelta(3)},
        ],
    )
