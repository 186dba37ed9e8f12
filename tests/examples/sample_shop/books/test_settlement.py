"""Sellers are settled a week after the order, line by line, and invoices state what was paid."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from tests.examples.sample_shop.reading import Delivered, Row, of_currency, ordered_on

CENT = Decimal("0.01")
Line = tuple[str, int]


def rate_card(delivered: Delivered) -> dict[int, list[Row]]:
    """The latest version of each rate, by category, oldest first."""
    card: dict[int, list[Row]] = defaultdict(list)
    for row in delivered.latest_rows("commission_rate", "category_id", "valid_from_date"):
        card[row["category_id"]].append(row)
    return {category: sorted(rows, key=_valid_from) for category, rows in card.items()}


def _valid_from(row: Row) -> str:
    return row["valid_from_date"]


def _rate_on(rates: list[Row], day: date) -> Decimal:
    (rate,) = (
        row["commission_rate"]
        for row in rates
        if row["valid_from_date"] <= day.isoformat()
        and (row["valid_to_date"] is None or day.isoformat() <= row["valid_to_date"])
    )
    return Decimal(rate)


def _lines(delivered: Delivered) -> dict[Line, Row]:
    latest = delivered.latest_rows("order_item", "order_no", "line_no")
    return {(row["order_no"], row["line_no"]): row for row in latest}


def _refunded(delivered: Delivered) -> dict[Line, Decimal]:
    after_sales = delivered.latest("after_sale", "after_sale_no")
    refunded: dict[Line, Decimal] = defaultdict(Decimal)
    for refund in delivered.latest("refund", "refund_no").values():
        if refund["refund_status"] == "succeeded" and refund["refund_type"] == "after_sale":
            after_sale = after_sales[refund["after_sale_no"]]
            line = (after_sale["order_no"], after_sale["line_no"])
            refunded[line] += refund["refund_amount"]
    return refunded


def lost_lines(delivered: Delivered) -> set[Line]:
    """The order lines whose shipment was lost."""
    shipments = delivered.latest("shipment", "shipment_no").values()
    return {
        (row["order_no"], row["line_no"]) for row in shipments if row["shipment_status"] == "lost"
    }


def _settled(delivered: Delivered) -> list[tuple[date, Row]]:
    """Each settled line once, on the day it was settled, of days that are complete."""
    items = delivered.latest_rows("settlement_item", "settlement_no", "order_no", "line_no")
    dated = [(delivered.business_date(item["settled_at"]), item) for item in items]
    return [(day, item) for day, item in dated if day + timedelta(days=3) <= delivered.days[-1]]


def test_exactly_the_delivered_lines_of_a_week_ago_are_settled(delivered: Delivered) -> None:
    orders = delivered.latest("order", "order_no")
    lost = lost_lines(delivered)
    lines = _lines(delivered)
    settled: dict[date, list[Line]] = defaultdict(list)
    for day, item in _settled(delivered):
        settled[day].append((item["order_no"], item["line_no"]))
        assert item["settlement_no"] == of_currency(
            f"S{day - timedelta(days=7):%Y%m%d}{item['seller_id']}", item["currency"]
        )
        assert item["currency"] == orders[item["order_no"]]["currency"], item
        assert item["seller_id"] == lines[item["order_no"], item["line_no"]]["seller_id"]
    assert set(settled) == set(delivered.days[7:-3])
    for day, found in settled.items():
        expected = [
            line
            for line in lines
            if ordered_on(line[0]) == day - timedelta(days=7)
            and orders[line[0]]["order_status"] == "delivered"
            and line not in lost
        ]
        assert sorted(found) == sorted(expected), day
        assert len(found) > 1000


def test_a_settled_line_is_made_of_its_parts(delivered: Delivered) -> None:
    lines, refunded = _lines(delivered), _refunded(delivered)
    subsidies: dict[Line, Decimal] = defaultdict(Decimal)
    for use in delivered.latest("coupon_use", "coupon_use_no").values():
        subsidies[use["order_no"], use["line_no"]] += use["platform_amount"]
    card = rate_card(delivered)
    categories = {row["sku_id"]: row["category_id"] for _, row in delivered.log("sku")}
    with_refund = with_subsidy = 0
    for _, item in _settled(delivered):
        key = (item["order_no"], item["line_no"])
        line = lines[key]
        assert item["gross_amount"] == line["pay_amount"], item
        assert item["refund_amount"] == refunded.get(key, 0), item
        assert item["subsidy_amount"] == subsidies.get(key, 0), item
        rate = _rate_on(card[categories[line["sku_id"]]], ordered_on(item["order_no"]))
        assert item["commission_rate"] == rate, item
        commission = (item["gross_amount"] * rate).quantize(CENT, ROUND_HALF_UP)
        assert item["commission_amount"] == commission, item
        parts = item["gross_amount"] - commission - item["refund_amount"] + item["subsidy_amount"]
        assert item["payable_amount"] == parts, item
        with_refund += item["refund_amount"] > 0
        with_subsidy += item["subsidy_amount"] > 0
    assert with_refund > 30 and with_subsidy > 100


def test_a_settlement_is_the_sum_of_its_lines(delivered: Delivered) -> None:
    settled: dict[date, list[Row]] = defaultdict(list)
    for day, item in _settled(delivered):
        settled[day].append(item)
    for day in delivered.days[:-3]:
        items: dict[str, list[Row]] = defaultdict(list)
        for item in settled[day]:
            items[item["settlement_no"]].append(item)
        settlements = {row["settlement_no"]: row for row in delivered.rows["settlement"][day]}
        assert settlements.keys() == items.keys()
        for number, settlement in settlements.items():
            own = items[number]
            assert int(settlement["line_count"]) == len(own)
            assert {row["seller_id"] for row in own} == {settlement["seller_id"]}
            assert {row["currency"] for row in own} == {settlement["currency"]}
            assert settlement["period_date"] == (day - timedelta(days=7)).isoformat()
            for part in ("gross", "commission", "refund", "subsidy", "payable"):
                name = f"{part}_amount"
                assert settlement[name] == sum(row[name] for row in own), (name, settlement)


def test_sellers_are_paid_what_they_were_settled_a_day_or_two_later(delivered: Delivered) -> None:
    settlements = delivered.latest("settlement", "settlement_no")
    names = {row["seller_id"]: row["seller_name"] for _, row in delivered.log("seller")}
    paid: dict[str, Row] = {}
    waited: Counter[int] = Counter()
    for entry in delivered.latest("bank_statement", "entry_no").values():
        settlement = settlements.get(entry["bank_reference"])
        if settlement is None:
            assert not str(entry["bank_reference"]).startswith("S"), entry
            continue
        assert settlement["settlement_no"] not in paid, entry
        paid[settlement["settlement_no"]] = entry
        assert entry["direction"] == "out", entry
        assert entry["amount"] == settlement["payable_amount"] > 0, entry
        assert entry["currency"] == settlement["currency"], entry
        assert entry["counterparty"] == names[settlement["seller_id"]], entry
        booked = delivered.business_date(entry["booked_at"])
        assert entry["value_date"] == booked.isoformat(), entry
        waited[(booked - delivered.business_date(settlement["settled_at"])).days] += 1
    assert set(waited) == {1, 2} and waited[1] > 2 * waited[2]
    due = {
        number
        for number, row in settlements.items()
        if row["payable_amount"] > 0
        and delivered.business_date(row["settled_at"]) + timedelta(days=5) <= delivered.days[-1]
    }
    assert due <= paid.keys() and len(due) > 50


def test_a_rate_card_has_one_rate_a_leaf_and_day(delivered: Delivered) -> None:
    card = rate_card(delivered)
    first_day = delivered.rows["commission_rate"][delivered.days[0]]
    leaves = {
        row["category_id"]
        for row in delivered.rows["category"][delivered.days[0]]
        if row["parent_category_id"] is not None
    }
    assert card.keys() == leaves and len(first_day) == len(leaves)
    changed = 0
    for rates in card.values():
        for earlier, later in pairwise(rates):
            ends = date.fromisoformat(earlier["valid_to_date"])
            assert ends + timedelta(days=1) == date.fromisoformat(later["valid_from_date"])
            changed += 1
        assert rates[-1]["valid_to_date"] is None
        assert all(
            Decimal("0.02") <= Decimal(row["commission_rate"]) <= Decimal("0.08") for row in rates
        )
    assert 5 < changed < 40


def test_a_fifth_of_the_delivered_orders_gets_an_invoice_of_what_was_paid(
    delivered: Delivered,
) -> None:
    orders = delivered.latest("order", "order_no")
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for payment in delivered.latest("payment", "payment_no").values():
        if payment["payment_status"] == "captured":
            paid[payment["order_no"]] += payment["paid_amount"]
    invoices = delivered.latest("invoice", "invoice_no")
    normal = [
        row
        for row in invoices.values()
        if row["invoice_type"] == "normal" and delivered.settled(row["order_no"])
    ]
    for row in normal:
        order = orders[row["order_no"]]
        assert row["invoice_amount"] == paid[row["order_no"]] > 0, row
        assert row["user_id"] == order["user_id"], row
        assert row["currency"] == order["currency"], row
        assert row["issued_at"] == order["delivered_at"], row
    delivered_count = sum(
        row["delivered_at"] is not None and row["payable_amount"] > 0
        for row in orders.values()
        if delivered.settled(row["order_no"])
    )
    assert 0.18 < len(normal) / delivered_count < 0.22
    for row in invoices.values():
        tax = row["invoice_amount"] * Decimal(13) / Decimal(113)
        assert row["tax_amount"] == tax.quantize(CENT, ROUND_HALF_UP), row
        assert Decimal(str(row["tax_rate"])) == Decimal("0.13"), row


def test_a_refund_of_an_invoiced_order_takes_its_amount_back(delivered: Delivered) -> None:
    invoices = list(delivered.latest("invoice", "invoice_no").values())
    invoiced = {row["order_no"] for row in invoices if row["invoice_type"] == "normal"}
    expected: list[tuple[Any, ...]] = [
        (row["order_no"], row["refund_amount"], row["refunded_at"])
        for row in delivered.latest("refund", "refund_no").values()
        if row["refund_status"] == "succeeded" and row["order_no"] in invoiced
    ]
    red = [
        (row["order_no"], row["invoice_amount"], row["issued_at"])
        for row in invoices
        if row["invoice_type"] == "red"
    ]
    assert sorted(red) == sorted(expected)
    assert len(red) > 20
