from datetime import timedelta

import pytest

from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_stock_movement import dwd_stock_movement

MOVED = at("2026-01-10 10:00")


def movement(movement_no="M1", **values):
    return {
        "movement_no": movement_no,
        "movement_type": "out",
        "quantity_change": -3,
        "unit_cost_amount": "2.50",
        "business_no": "H1",
        "moved_at": MOVED,
        "updated_at": MOVED,
        **values,
    }


def test_what_goes_out_lowers_stock_and_its_cost():
    back = movement("M2", movement_type="return", quantity_change=1, business_no="R1")
    rows = run_sql(dwd_stock_movement, {"ods_stock_movement": [movement(), back]})
    expect(
        rows,
        [
            {"movement_no": "M1", "quantity_change": -3, "cost_change_amount": "-7.50", "dt": DAY},
            {"movement_no": "M2", "quantity_change": 1, "cost_change_amount": "2.50", "dt": DAY},
        ],
    )
    assert broken_rules(dwd_stock_movement, rows) == set()


def test_a_movement_sent_twice_and_late_counts_once_on_its_day():
    late = movement(dt=DAY + timedelta(days=3))
    rows = run_sql(dwd_stock_movement, {"ods_stock_movement": [movement(), late]})
    expect(rows, [{"movement_no": "M1", "dt": DAY}])


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"movement_type": "out", "quantity_change": 3}, {"sign_fits_type"}),
        ({"movement_type": "in", "quantity_change": -3}, {"sign_fits_type"}),
        ({"movement_type": "return", "quantity_change": -1}, {"sign_fits_type"}),
        ({"movement_type": "adjustment", "quantity_change": -1, "business_no": None}, set()),
        ({"business_no": None}, {"cause_known"}),
    ],
)
def test_only_adjustments_go_either_way_and_need_no_cause(values, broken):
    rows = run_sql(dwd_stock_movement, {"ods_stock_movement": [movement(**values)]})
    assert broken_rules(dwd_stock_movement, rows) == broken
