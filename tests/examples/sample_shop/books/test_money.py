"""Every amount ties to the cent, recomputed with decimals from the delivered files."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from tests.examples.sample_shop.reading import Delivered, Row


def _lines_by_order(delivered: Delivered) -> dict[str, dict[int, Row]]:
    lines: dict[str, dict[int, Row]] = defaultdict(dict)
    for _, line in delivered.log("order_item"):
        lines[line["order_no"]][line["line_no"]] = line
    return lines


def _captured_by_order(delivered: Delivered) -> dict[str, list[Row]]:
    captured: dict[str, list[Row]] = defaultdict(list)
    for payment in delivered.latest("payment", "payment_no").values():
        if payment["payment_status"] == "captured":
            captured[payment["order_no"]].append(payment)
    return captured


def test_every_version_of_an_order_equals_the_sum_of_its_lines(delivered: Delivered) -> None:
    lines = _lines_by_order(delivered)
    for _, order in delivered.log("order"):
        own = list(lines[order["order_no"]].values())
        goods = sum(line["unit_price"] * line["quantity"] for line in own)
        assert order["goods_amount"] == goods, order
        for name in ("discount_amount", "coupon_amount", "points_amount", "shipping_amount"):
            assert order[name] == sum(line[name] for line in own), (name, order)
        assert order["payable_amount"] == sum(line["pay_amount"] for line in own), order


def test_amounts_are_made_of_their_parts_in_whole_cents(delivered: Delivered) -> None:
    for _, line in delivered.log("order_item"):
        parts = line["unit_price"] * line["quantity"] - line["discount_amount"]
        assert line["pay_amount"] == parts + line["shipping_amount"], line
        assert 0 <= line["discount_amount"] <= line["unit_price"] * line["quantity"], line
        assert line["coupon_amount"] + line["points_amount"] <= line["discount_amount"], line
        assert (line["coupon_id"] is None) == (line["coupon_amount"] == 0), line
        assert line["unit_price"] > 0 and line["shipping_amount"] >= 0, line
    for _, order in delivered.log("order"):
        parts = order["goods_amount"] - order["discount_amount"] + order["shipping_amount"]
        assert order["payable_amount"] == parts, order
        assert -order["payable_amount"].as_tuple().exponent == 2, order


def test_what_follows_an_order_is_in_its_currency(delivered: Delivered) -> None:
    orders = delivered.latest("order", "order_no")
    found: Counter[str] = Counter()
    for source in ("order_item", "payment", "refund", "after_sale", "settlement_item", "invoice"):
        currencies: Counter[str] = Counter()
        for _, row in delivered.log(source):
            if row["order_no"] in orders:
                assert row["currency"] == orders[row["order_no"]]["currency"], (source, row)
                currencies[row["currency"]] += 1
        assert set(currencies) == {"CNY", "HKD", "USD"}, source
        found += currencies
    assert 0.02 < 1 - found["CNY"] / found.total() < 0.04
    for source in ("coupon_use", "wallet_entry"):
        assert {row["currency"] for _, row in delivered.log(source)} == {"CNY"}


def test_lines_of_an_order_are_numbered_from_one_without_a_gap(delivered: Delivered) -> None:
    lines = _lines_by_order(delivered)
    sizes = [len(own) for own in lines.values()]
    assert all(sorted(own) == list(range(1, len(own) + 1)) for own in lines.values())
    assert set(sizes) == {1, 2, 3, 4, 5}
    assert 2.0 < sum(sizes) / len(sizes) < 2.25


def test_what_is_captured_is_what_a_paid_order_owed(delivered: Delivered) -> None:
    captured = _captured_by_order(delivered)
    paid = split = over_two_days = 0
    for number, order in delivered.latest("order", "order_no").items():
        if not delivered.settled(number):
            continue
        payments = captured[number]
        if order["cancelled_at"] is not None:
            assert not payments, order
        elif order["payable_amount"] == 0:
            assert not payments and order["paid_at"] == order["ordered_at"], order
        else:
            paid += 1
            split += len(payments) == 2
            days = {delivered.business_date(payment["paid_at"]) for payment in payments}
            over_two_days += len(days) == 2
            assert sum(payment["paid_amount"] for payment in payments) == order["payable_amount"]
            assert all(payment["paid_amount"] > 0 for payment in payments)
            assert order["paid_at"] == max(payment["paid_at"] for payment in payments), order
    assert paid > 7000
    assert 0.02 < split / paid < 0.04
    assert 0.15 < over_two_days / split < 0.45


def test_free_orders_exist_and_their_lines_cost_nothing(delivered: Delivered) -> None:
    latest = delivered.latest("order", "order_no")
    free = {number for number, order in latest.items() if order["payable_amount"] == 0}
    assert 0.002 < len(free) / len(latest) < 0.01
    of_free = [line for _, line in delivered.log("order_item") if line["order_no"] in free]
    assert of_free
    assert all(line["pay_amount"] == Decimal(0) for line in of_free)
    assert not any(row["order_no"] in free for _, row in delivered.log("payment"))


def test_discounts_and_shipping_are_on_some(delivered: Delivered) -> None:
    lines = [line for _, line in delivered.log("order_item")]
    orders = list(delivered.latest("order", "order_no").values())
    assert 0.2 < sum(line["discount_amount"] > 0 for line in lines) / len(lines) < 0.35
    assert 0.06 < sum(line["coupon_amount"] > 0 for line in lines) / len(lines) < 0.12
    assert 0.25 < sum(order["shipping_amount"] > 0 for order in orders) / len(orders) < 0.35
    assert 0.8 < sum(line["quantity"] == 1 for line in lines) / len(lines) < 0.9
