from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_inventory_turnover import ads_inventory_turnover


def level(closing, out=0, days_ago=0, **values):
    return {
        "warehouse_code": "W1",
        "sku_id": 1,
        "closing_quantity": closing,
        "out_quantity": out,
        "unit_cost_amount": 2,
        "stock_amount": 2 * closing,
        "dt": DAY - timedelta(days=days_ago),
        **values,
    }


def turnover(*levels, window=None):
    inputs = {"dwd_inventory": list(levels)}
    rows = run_sql(ads_inventory_turnover, inputs, window or Window.of_day(DAY))
    assert broken_rules(ads_inventory_turnover, rows) == set()
    return rows


def test_what_was_sent_out_against_the_mean_stock():
    expect(
        turnover(level(100, 10, 2), level(90, 20, 1), level(110, 0)),
        [
            {
                "warehouse_code": "W1",
                "sku_id": 1,
                "level_days_count": 3,
                "last_30_days_out_quantity": 30,
                "last_30_days_out_amount": 60,
                "mean_stock_amount": 200,
                "closing_quantity": 110,
                "turnover_rate": "0.3",
                "dt": DAY,
            }
        ],
    )


def test_thirty_days_are_looked_at_and_not_one_more():
    expect(turnover(level(1, 5, 29), level(1)), [{"last_30_days_out_quantity": 5}])
    expect(turnover(level(1, 5, 30), level(1)), [{"last_30_days_out_quantity": 0}])


def test_a_range_sees_each_day_as_it_was():
    yesterday = DAY - timedelta(days=1)
    rows = turnover(level(10, 1, 1), level(10, 2), window=Window.of_days(yesterday, DAY))
    expect(
        rows,
        [
            {"dt": yesterday, "last_30_days_out_quantity": 1},
            {"dt": DAY, "last_30_days_out_quantity": 3},
        ],
    )


def test_without_stock_there_is_no_rate():
    expect(turnover(level(0, 5)), [{"mean_stock_amount": 0, "turnover_rate": None}])
    expect(turnover(level(-2, 5)), [{"mean_stock_amount": -4, "turnover_rate": None}])


def test_a_rate_that_no_column_can_hold_is_missing():
    expect(turnover(level(1, 998)), [{"turnover_rate": 998}])
    expect(turnover(level(1, 5000)), [{"turnover_rate": None}])


def test_a_sku_without_a_level_that_day_has_no_row():
    assert turnover(level(5, 1, 1)) == []
