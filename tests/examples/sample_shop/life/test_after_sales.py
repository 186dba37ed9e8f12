"""After-sales of delivered lines, and the refunds of those approved, tie with what was paid."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from tests.examples.sample_shop.reading import Delivered, Row, ordered_on


def _after_sales(delivered: Delivered) -> list[Row]:
    return [
        row
        for row in delivered.latest("after_sale", "after_sale_no").values()
        if delivered.closed(row["order_no"])
    ]


def test_three_percent_of_delivered_lines_come_back_on_the_third_day(delivered: Delivered) -> None:
    orders = delivered.latest("order", "order_no")
    lines = {
        (row["order_no"], row["line_no"]): row
        for row in delivered.latest_rows("order_item", "order_no", "line_no")
    }
    after_sales = _after_sales(delivered)
    for after_sale in after_sales:
        order = orders[after_sale["order_no"]]
        line = lines[after_sale["order_no"], after_sale["line_no"]]
        applied_on = delivered.business_date(after_sale["applied_at"])
        assert applied_on == ordered_on(order["order_no"]) + timedelta(days=3), after_sale
        if after_sale["reason"] != "lost in transit":
            assert after_sale["applied_at"] > order["delivered_at"], after_sale
        assert after_sale["user_id"] == order["user_id"], after_sale
        assert 1 <= after_sale["quantity"] <= line["quantity"], after_sale
        assert 0 <= after_sale["approved_amount"] <= line["pay_amount"], after_sale
    could = [
        number
        for number, _ in lines
        if delivered.closed(number) and orders[number]["delivered_at"] is not None
    ]
    assert 0.02 < len(after_sales) / len(could) < 0.04


def test_an_after_sale_is_decided_at_once_or_on_the_next_day(delivered: Delivered) -> None:
    told: dict[str, list[Row]] = defaultdict(list)
    for _, row in sorted(delivered.log("after_sale"), key=lambda each: each[1]["updated_at"]):
        if delivered.closed(row["order_no"]) and row not in told[row["after_sale_no"]]:
            told[row["after_sale_no"]].append(row)
    ends: Counter[str] = Counter()
    for versions in told.values():
        statuses = [row["after_sale_status"] for row in versions]
        assert statuses in (["approved"], ["rejected"], ["applied", "rejected"]), versions
        for row in versions:
            is_approved = row["after_sale_status"] == "approved"
            assert (row["approved_at"] is not None) == (row["approved_amount"] > 0) == is_approved
        ends[statuses[-1]] += 1
    assert 0.7 < ends["approved"] / ends.total() < 0.9


def test_refunds_of_an_after_sale_are_what_was_approved(delivered: Delivered) -> None:
    refunded: Counter[str] = Counter()
    for refund in delivered.latest("refund", "refund_no").values():
        is_chargeback = refund["refund_type"] == "chargeback"
        assert (refund["after_sale_no"] is None) == is_chargeback, refund
        if refund["refund_status"] == "succeeded" and not is_chargeback:
            refunded[refund["after_sale_no"]] += refund["refund_amount"]
    after_sales = _after_sales(delivered)
    assert after_sales
    for after_sale in after_sales:
        assert refunded[after_sale["after_sale_no"]] == after_sale["approved_amount"], after_sale


def test_a_refund_goes_back_to_a_captured_payment_that_can_bear_it(delivered: Delivered) -> None:
    payments = delivered.latest("payment", "payment_no")
    refunded: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for refund in delivered.latest("refund", "refund_no").values():
        payment = payments[refund["payment_no"]]
        assert payment["payment_status"] == "captured", refund
        for name in ("order_no", "user_id", "payment_method", "merchant_no"):
            assert refund[name] == payment[name], (name, refund)
        assert refund["refund_amount"] > 0, refund
        if delivered.closed(refund["order_no"]):
            statuses[refund["refund_status"]] += 1
        if refund["refund_status"] == "succeeded":
            refunded[refund["payment_no"]] += refund["refund_amount"]
            days = delivered.business_date(refund["refunded_at"]) - ordered_on(refund["order_no"])
            assert days in (timedelta(days=3), timedelta(days=4)), refund
    assert all(amount <= payments[number]["paid_amount"] for number, amount in refunded.items())
    assert set(statuses) == {"succeeded", "failed"}
    assert statuses["succeeded"] > 10 * statuses["failed"]


def test_a_few_buyers_have_the_bank_take_the_payment_back(delivered: Delivered) -> None:
    payments = delivered.latest("payment", "payment_no")
    asked = {row["order_no"] for _, row in delivered.log("after_sale")}
    chargebacks = [
        row
        for row in delivered.latest("refund", "refund_no").values()
        if row["refund_type"] == "chargeback"
    ]
    for row in chargebacks:
        assert row["refund_status"] == "succeeded" and row["payment_method"] != "wallet", row
        assert row["refund_amount"] == payments[row["payment_no"]]["paid_amount"], row
        assert row["order_no"] not in asked, row
        days = delivered.business_date(row["refunded_at"]) - ordered_on(row["order_no"])
        assert days == timedelta(days=4), row
    closed = sum(delivered.closed(number) for number in delivered.latest("order", "order_no"))
    assert 0.002 < len(chargebacks) / closed < 0.006
