"""Late and repeated rows, as real sources send them, in the shares promised."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from tests.examples.sample_shop.reading import Delivered, ordered_on

VERSION = {
    "order": ("order_no", "updated_at"),
    "order_item": ("order_no", "line_no", "updated_at"),
    "payment": ("payment_no", "updated_at"),
    "coupon_use": ("coupon_use_no", "updated_at"),
    "points_entry": ("points_entry_no",),
    "shipment": ("shipment_no", "updated_at"),
    "settlement_item": ("settlement_no", "order_no", "line_no"),
}


@pytest.mark.parametrize("source", VERSION)
def test_half_a_percent_is_sent_twice_and_exactly_alike(delivered: Delivered, source: str) -> None:
    seen: dict[tuple[object, ...], list[tuple[date, str]]] = {}
    for day, row in delivered.log(source):
        seen.setdefault(tuple(row[name] for name in VERSION[source]), []).append((day, repr(row)))
    repeated = [copies for copies in seen.values() if len(copies) > 1]
    assert all(len(copies) == 2 for copies in repeated)
    assert all(first[1] == second[1] for first, second in repeated)
    gaps = Counter((second[0] - first[0]).days for first, second in repeated)
    assert set(gaps) == {0, 1}
    assert 0.003 < len(repeated) / len(seen) < 0.008


def test_one_percent_of_orders_first_arrives_late_with_its_lines(delivered: Delivered) -> None:
    first: dict[str, date] = {}
    for day, order in delivered.log("order"):
        first.setdefault(order["order_no"], day)
    first_lines: dict[str, date] = {}
    for day, line in delivered.log("order_item"):
        first_lines.setdefault(line["order_no"], day)
    late = Counter(
        (day - ordered_on(number)).days
        for number, day in first.items()
        if delivered.settled(number)
    )
    assert set(late) == {0, 1, 2, 3}
    assert 0.005 < 1 - late[0] / late.total() < 0.015
    assert first_lines == first


def test_one_percent_of_payments_arrives_late_on_its_own(delivered: Delivered) -> None:
    first: dict[str, tuple[date, date, str]] = {}
    for day, payment in delivered.log("payment"):
        opened = delivered.business_date(payment["created_at"])
        first.setdefault(payment["payment_no"], (day, opened, payment["order_no"]))
    assert all(day - opened <= timedelta(days=3) for day, opened, _ in first.values())
    late = {number for day, opened, number in first.values() if day > opened}
    assert 0.005 < len(late) / len({number for _, _, number in first.values()}) < 0.015
    first_told: dict[str, date] = {}
    for day, order in delivered.log("order"):
        first_told.setdefault(order["order_no"], day)
    late_orders = {number for number, day in first_told.items() if day > ordered_on(number)}
    assert len(late - late_orders) > 0.9 * len(late)


def test_a_consumer_that_keeps_the_latest_version_loses_nothing(delivered: Delivered) -> None:
    settled = [
        number for number in delivered.latest("order", "order_no") if delivered.settled(number)
    ]
    days = [day for day in delivered.days if day + timedelta(days=3) <= delivered.days[-1]]
    assert len(settled) == len(days) * delivered.shop.orders_per_day
