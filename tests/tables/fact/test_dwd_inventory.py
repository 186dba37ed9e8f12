from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_inventory import dwd_inventory

YESTERDAY = DAY - timedelta(days=1)


def count(stock_quantity, sku_id=1, **values):
    return {
        "warehouse_code": "W1",
        "sku_id": sku_id,
        "stock_quantity": stock_quantity,
        "unit_cost_amount": "2.50",
        **values,
    }


def movement(movement_type, quantity_change, sku_id=1, **values):
    return {
        "movement_no": f"{movement_type}{quantity_change}",
        "warehouse_code": "W1",
        "sku_id": sku_id,
        "movement_type": movement_type,
        "quantity_change": quantity_change,
        "unit_cost_amount": "2.50",
        **values,
    }


def levels(counts, movements=(), window=None):
    inputs = {"ods_stock_snapshot": list(counts), "dwd_stock_movement": list(movements)}
    return run_sql(dwd_inventory, inputs, window or Window.of_day(DAY))


def test_the_movements_explain_the_level():
    rows = levels(
        [count(100, dt=YESTERDAY), count(96)],
        [
            movement("out", -7),
            movement("out", -3),
            movement("in", 5),
            movement("return", 2),
            movement("adjustment", -1),
        ],
    )
    expect(
        rows,
        [
            {
                "warehouse_code": "W1",
                "sku_id": 1,
                "opening_quantity": 100,
                "in_quantity": 5,
                "out_quantity": 10,
                "returned_quantity": 2,
                "adjustment_quantity": -1,
                "closing_quantity": 96,
                "unit_cost_amount": "2.50",
                "stock_amount": "240.00",
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dwd_inventory, rows) == set()


def test_a_level_that_no_movement_explains_is_reported():
    rows = levels([count(100, dt=YESTERDAY), count(99)])
    assert broken_rules(dwd_inventory, rows) == {"movements_explain_level"}


def test_on_the_first_day_the_opening_is_not_known():
    rows = levels([count(100)], [movement("out", -7)])
    expect(rows, [{"opening_quantity": None, "out_quantity": 7, "closing_quantity": 100}])
    assert broken_rules(dwd_inventory, rows) == set()


def test_a_new_sku_opens_with_nothing():
    rows = levels([count(100, dt=YESTERDAY), count(100), count(5, sku_id=2)],
                  [movement("in", 5, sku_id=2)])  # fmt: skip
    expect(
        rows,
        [
            {"sku_id": 1, "opening_quantity": 100, "closing_quantity": 100},
            {"sku_id": 2, "opening_quantity": 0, "closing_quantity": 5},
        ],
    )
    assert broken_rules(dwd_inventory, rows) == set()


def test_a_sku_that_is_no_longer_counted_has_nothing_left():
    rows = levels([count(4, dt=YESTERDAY), count(9, sku_id=2)], [movement("out", -4)])
    expect(
        [row for row in rows if row["sku_id"] == 1],
        [{"opening_quantity": 4, "out_quantity": 4, "closing_quantity": 0, "stock_amount": 0}],
    )
    assert broken_rules(dwd_inventory, rows) == {"movements_explain_level"}  # of SKU 2


def test_a_sku_that_moved_and_was_never_counted_is_there():
    rows = levels([], [movement("out", -4)])
    expect(rows, [{"opening_quantity": None, "out_quantity": 4, "unit_cost_amount": "2.50"}])


def test_warehouses_are_levels_of_their_own():
    rows = levels(
        [count(1), count(2, warehouse_code="W2")], [movement("out", -1, warehouse_code="W2")]
    )
    expect(
        rows,
        [
            {"warehouse_code": "W1", "closing_quantity": 1, "out_quantity": 0},
            {"warehouse_code": "W2", "closing_quantity": 2, "out_quantity": 1},
        ],
    )


def test_a_count_corrected_the_same_day_counts_once():
    corrected = count(6, updated_at=at("2026-01-10 23:30"))
    rows = levels([corrected, count(5, updated_at=at("2026-01-10 23:00"))])
    expect(rows, [{"closing_quantity": 6}])


def test_a_day_without_a_count_ends_at_zero_and_opens_the_next_day_unknown():
    tomorrow = DAY + timedelta(days=1)
    days = Window.of_days(DAY, tomorrow)
    rows = levels([count(5, dt=YESTERDAY), count(5, dt=tomorrow)], window=days)
    expect(
        rows,
        [
            {"dt": DAY, "opening_quantity": 5, "closing_quantity": 0},
            {"dt": tomorrow, "opening_quantity": None, "closing_quantity": 5},
        ],
    )
