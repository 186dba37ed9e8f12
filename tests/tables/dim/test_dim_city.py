from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.dim.dim_city import dim_city

TOMORROW = DAY + timedelta(days=1)


def user(user_id, city="Hangzhou", province="Zhejiang", **values):
    return {"user_id": user_id, "city": city, "province": province, **values}


def seller(seller_id, city="Hangzhou", province="Zhejiang", **values):
    return {"seller_id": seller_id, "city": city, "province": province, **values}


def test_users_and_sellers_of_a_city_are_one_row():
    rows = run_sql(
        dim_city, {"dim_user": [user(1), user(2)], "dim_seller": [seller(1), seller(2, "Ningbo")]}
    )
    expect(
        rows,
        [
            {"city": "Hangzhou", "user_count": 2, "seller_count": 1, "dt": DAY},
            {"city": "Ningbo", "user_count": 0, "seller_count": 1, "dt": DAY},
        ],
    )
    assert broken_rules(dim_city, rows) == set()


def test_cities_of_one_name_in_two_provinces_are_two():
    rows = run_sql(
        dim_city, {"dim_user": [user(1, "Suzhou", "Jiangsu"), user(2, "Suzhou", "Anhui")]}
    )
    expect(rows, [{"province": "Jiangsu", "user_count": 1}, {"province": "Anhui", "user_count": 1}])


def test_who_moves_is_counted_where_they_are_that_day():
    users = [user(1, dt=DAY), user(1, "Ningbo", dt=TOMORROW)]
    rows = run_sql(dim_city, {"dim_user": users}, Window.of_days(DAY, TOMORROW))
    expect(rows, [{"city": "Hangzhou", "dt": DAY}, {"city": "Ningbo", "dt": TOMORROW}])


def test_nobody():
    assert run_sql(dim_city, {}) == []
