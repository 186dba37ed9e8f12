"""The shape of the trade and what is traded: skewed, and consistent from source to source."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from tests.examples.sample_shop.reading import Delivered, Row, ordered_on

CENT = Decimal("0.01")
PRICE = {"CNY": Decimal(1), "USD": Decimal("0.14"), "HKD": Decimal("1.1")}
"""What a yuan of the list price costs in the currency of the order."""


def _known_by_day(delivered: Delivered, source: str, key: str) -> dict[date, dict[int, Row]]:
    """What a consumer of the change log knows at the end of each day."""
    known: dict[int, Row] = {}
    by_day: dict[date, dict[int, Row]] = {}
    for day in delivered.days:
        known = known | {row[key]: row for row in delivered.rows[source][day]}
        by_day[day] = known
    return by_day


def test_one_sku_takes_a_fifth_of_the_lines_and_the_rest_tails_off(delivered: Delivered) -> None:
    lines = Counter(line["sku_id"] for _, line in delivered.log("order_item"))
    (_, most), *others = lines.most_common()
    total = lines.total()
    assert 0.19 < most / total < 0.21
    top_hundred = sum(count for _, count in others[:100])
    assert 0.3 < top_hundred / total < 0.7
    assert len(lines) > delivered.shop.sku_count / 2


def test_evenings_peak(delivered: Delivered) -> None:
    zone = ZoneInfo(delivered.shop.time_zone)
    hours = Counter(
        order["ordered_at"].astimezone(zone).hour
        for order in delivered.latest("order", "order_no").values()
    )
    assert set(hours) == set(range(24))
    evening = sum(hours[hour] for hour in range(19, 23))
    assert 0.33 < evening / hours.total() < 0.37
    assert min(hours[hour] for hour in range(19, 23)) > max(hours[hour] for hour in range(19))


def test_a_line_costs_the_list_price_of_its_day_and_names_its_seller(delivered: Delivered) -> None:
    skus = _known_by_day(delivered, "sku", "sku_id")
    sellers = _known_by_day(delivered, "seller", "seller_id")
    seller_of: dict[int, int] = {}
    for line in delivered.latest_rows("order_item", "order_no", "line_no"):
        if not delivered.settled(line["order_no"]):
            continue
        day = ordered_on(line["order_no"])
        price = skus[day][line["sku_id"]]["list_price"] * PRICE[line["currency"]]
        assert line["unit_price"] == price.quantize(CENT, ROUND_DOWN), line
        assert line["seller_id"] in sellers[day], line
        assert seller_of.setdefault(line["sku_id"], line["seller_id"]) == line["seller_id"]
    prices = {row["sku_id"]: row["list_price"] for row in delivered.rows["sku"][delivered.days[0]]}
    assert any(row["list_price"] != prices[sku] for sku, row in skus[delivered.days[-1]].items())


def test_buyers_are_registered_before_they_order(delivered: Delivered) -> None:
    users = _known_by_day(delivered, "user", "user_id")
    newcomers = 0
    for order in delivered.latest("order", "order_no").values():
        day = ordered_on(order["order_no"])
        buyer = users[day][order["user_id"]]
        assert buyer["registered_at"] <= order["ordered_at"], (buyer, order)
        newcomers += delivered.business_date(buyer["registered_at"]) == day
    assert newcomers > 0


def test_dimensions_begin_whole_and_then_change_a_little(delivered: Delivered) -> None:
    shop = delivered.shop
    sizes = {
        "user": shop.user_count,
        "sku": shop.sku_count,
        "category": 72,
        "seller": shop.seller_count,
    }
    first, *later = delivered.days
    for source, size in sizes.items():
        key = f"{source}_id"
        everything = delivered.rows[source][first]
        assert len({row[key] for row in everything}) == len(everything) == size, source
        assert all(delivered.business_date(row["updated_at"]) < first for row in everything)
        changes = [(day, row) for day in later for row in delivered.rows[source][day]]
        known = {row[key] for row in everything}
        changed = [row for _, row in changes if row[key] in known]
        assert changed, source
        if size >= 1000:
            assert 0.007 < len(changed) / len(later) / size < 0.013, source
        assert all(delivered.business_date(row["updated_at"]) == day for day, row in changes)
        new = {row[key] for _, row in changes} - known
        expected = shop.new_users_per_day * len(later) if source == "user" else 0
        assert len(new) == expected, source


def test_when_somebody_came_never_changes(delivered: Delivered) -> None:
    for source, key, column in (
        ("user", "user_id", "registered_at"),
        ("seller", "seller_id", "joined_at"),
    ):
        came: dict[int, object] = {}
        for _, row in delivered.log(source):
            assert came.setdefault(row[key], row[column]) == row[column], row


def test_levels_cities_categories_and_weights(delivered: Delivered) -> None:
    first = delivered.days[0]
    users, skus = delivered.rows["user"][first], delivered.rows["sku"][first]
    levels = Counter(user["vip_level"] for user in users)
    expected = {"NORMAL": 0.70, "SILVER": 0.18, "GOLD": 0.09, "PLATINUM": 0.03}
    assert set(levels) == set(expected)
    for level, share in expected.items():
        assert abs(levels[level] / len(users) - share) < 0.015, level
    provinces = {(user["city"], user["province"]) for user in users}
    assert len({city for city, _ in provinces}) == len(provinces) == 20

    categories = {row["category_id"]: row for row in delivered.rows["category"][first]}
    parents = Counter(row["parent_category_id"] for row in categories.values())
    assert parents.pop(None) == 12
    assert set(parents.values()) == {5} and len(parents) == 12
    assert all(categories[parent]["parent_category_id"] is None for parent in parents)
    leaves = {sku["category_id"] for sku in skus}
    assert all(categories[leaf]["parent_category_id"] is not None for leaf in leaves)
    without_weight = sum(sku["weight_gram"] is None for sku in skus) / len(skus)
    assert 0.01 < without_weight < 0.05


def test_some_lines_first_name_another_seller_and_are_corrected(delivered: Delivered) -> None:
    sellers: dict[tuple[str, int], list[int]] = {}
    for _, line in sorted(delivered.log("order_item"), key=lambda told: told[1]["updated_at"]):
        versions = sellers.setdefault((line["order_no"], line["line_no"]), [])
        if line["seller_id"] not in versions:
            versions.append(line["seller_id"])
    corrected = [versions for versions in sellers.values() if len(versions) > 1]
    assert 0.0005 < len(corrected) / len(sellers) < 0.004
    assert all(len(versions) == 2 for versions in corrected)
