"""Orders and payments go through their states in order, and each day tells the day's state."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from tests.examples.sample_shop.reading import Delivered, Row, ordered_on

CENT = Decimal("0.01")
MOMENTS = {
    "created": "ordered_at",
    "paid": "paid_at",
    "shipped": "shipped_at",
    "delivered": "delivered_at",
    "cancelled": "cancelled_at",
    "unavailable": "cancelled_at",
}


def _versions(delivered: Delivered, source: str, key: str) -> dict[str, list[tuple[date, Row]]]:
    versions: dict[str, list[tuple[date, Row]]] = defaultdict(list)
    for day, row in delivered.log(source):
        versions[row[key]].append((day, row))
    return versions


def test_status_is_the_last_thing_that_happened(delivered: Delivered) -> None:
    for _, order in delivered.log("order"):
        happened = [order[name] for name in MOMENTS.values() if order[name] is not None]
        assert order["updated_at"] == max(happened), order
        assert order[MOMENTS[order["order_status"]]] == order["updated_at"], order
        if order["cancelled_at"] is not None:
            assert order["paid_at"] is None and order["shipped_at"] is None, order
        if order["shipped_at"] is not None:
            assert order["ordered_at"] <= order["paid_at"] < order["shipped_at"], order
        if order["delivered_at"] is not None:
            assert order["shipped_at"] < order["delivered_at"], order


def test_nothing_is_told_before_it_happened_nor_after_the_third_day(delivered: Delivered) -> None:
    for source in ("order", "order_item", "payment"):
        for day, row in delivered.log(source):
            changed_on = delivered.business_date(row["updated_at"])
            own = ordered_on(row["order_no"])
            assert own <= changed_on <= day <= own + timedelta(days=3), (source, day, row)
    for _, order in delivered.log("order"):
        assert delivered.business_date(order["ordered_at"]) == ordered_on(order["order_no"])


def test_each_day_on_which_an_order_changed_tells_its_state_once(delivered: Delivered) -> None:
    ends: Counter[str] = Counter()
    for number, versions in _versions(delivered, "order", "order_no").items():
        if not delivered.settled(number):
            continue
        told = {row["updated_at"]: row for _, row in versions}
        days = [delivered.business_date(moment) for moment in told]
        assert len(set(days)) == len(days), versions
        last = told[max(told)]
        happened = {
            delivered.business_date(last[name])
            for name in MOMENTS.values()
            if last[name] is not None
        }
        assert set(days) == happened, versions
        # An order stays shipped where everything that was sent was lost.
        ends[last["order_status"]] += 1
    assert set(ends) == {"delivered", "cancelled", "unavailable", "shipped"}
    assert 0 < ends["shipped"] < 0.005 * ends.total()


def test_orders_end_as_trade_does(delivered: Delivered) -> None:
    paid_after: Counter[str] = Counter()
    for number, order in delivered.latest("order", "order_no").items():
        if not delivered.settled(number) or order["payable_amount"] == 0:
            continue
        if order["paid_at"] is None:
            waited = order["cancelled_at"] - order["ordered_at"]
            assert timedelta(days=1) <= waited <= timedelta(days=2), order
            paid_after["never"] += 1
        else:
            days = (delivered.business_date(order["paid_at"]) - ordered_on(number)).days
            paid_after[str(days)] += 1
    total = paid_after.total()
    assert 0.74 < paid_after["0"] / total < 0.80
    assert 0.13 < paid_after["1"] / total < 0.19
    assert 0.05 < paid_after["never"] / total < 0.09


def test_a_payment_is_pending_until_it_is_captured_or_fails(delivered: Delivered) -> None:
    ends: Counter[str] = Counter()
    for versions in _versions(delivered, "payment", "payment_no").values():
        states = {row["updated_at"]: row for _, row in versions}
        ordered = [states[moment] for moment in sorted(states)]
        assert all(row["payment_status"] == "pending" for row in ordered[:-1]), ordered
        assert len({(row["paid_amount"], row["created_at"]) for row in ordered}) == 1, ordered
        for row in ordered:
            is_captured = row["payment_status"] == "captured"
            assert (row["paid_at"] is not None) == is_captured, row
            closed = row["payment_status"] != "pending"
            assert (row["updated_at"] > row["created_at"]) == closed, row
        last = ordered[-1]
        if delivered.settled(last["order_no"]):
            ends[last["payment_status"]] += 1
            ends["seen pending first"] += len(ordered) == 2
    assert ends["pending"] == 0
    assert ends["captured"] > 5 * ends["failed"] > 0
    assert ends["seen pending first"] > 1000


def test_payments_name_their_orders_buyer_and_use_every_method(delivered: Delivered) -> None:
    orders = delivered.latest("order", "order_no")
    payments = [row for _, row in delivered.log("payment") if row["order_no"] in orders]
    assert all(row["user_id"] == orders[row["order_no"]]["user_id"] for row in payments)
    methods = {"alipay", "wechat_pay", "card", "wallet"}
    assert {row["payment_method"] for row in payments} == methods
    assert all(row["merchant_no"] == f"M_{row['payment_method']}" for row in payments)
    assert {row["installment_count"] for row in payments} == {1, 3, 6, 12}
    by_instalment = [row for row in payments if row["installment_count"] > 1]
    assert {row["payment_method"] for row in by_instalment} == {"card"}
    # Half a percent an instalment. It goes to the bank that lends; no order owes it.
    for row in payments:
        interest = row["paid_amount"] * row["installment_count"] * 5 / 1000
        expected = interest.quantize(CENT, ROUND_DOWN) if row in by_instalment else 0
        assert row["installment_interest_amount"] == expected, row
    assert any(row["installment_interest_amount"] > 0 for row in payments)


def test_a_few_unpaid_orders_are_withdrawn(delivered: Delivered) -> None:
    ends = Counter(
        order["order_status"]
        for number, order in delivered.latest("order", "order_no").items()
        if delivered.settled(number) and order["cancelled_at"] is not None
    )
    assert set(ends) == {"cancelled", "unavailable"}
    assert 0.02 < ends["unavailable"] / ends.total() < 0.1
