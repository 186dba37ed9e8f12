"""Adjustments and write-offs: what they close, and what becomes of those that close nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.modeling.reconciliation.rules import NAME, bill, payment, rule_table, run_days, states
from tests.tables.run_sql import DAY, Row

NEXT = DAY + timedelta(days=1)


def adjustment(number: str, item: str | None, amount: str, *, day: int = 1, approved: bool = True,
               currency: str = "CNY") -> Row:  # fmt: skip
    return {
        "adjustment_no": number,
        "reconciliation_rule": NAME,
        "reconciliation_item": item,
        "amount": Decimal(amount),
        "currency": currency,
        "is_approved": approved,
        "dt": DAY + timedelta(days=day),
    }


def run(*adjustments: Row, days: int = 2, bills: tuple[Row, ...] = ()) -> dict[str, Row]:
    """The items of the last day; a payment of 5.00 is open since the first."""
    rows = {
        "dwd_payment": [payment("1", "5.00")],
        "dwd_channel_bill": list(bills),
        "dwd_manual_adjustment": list(adjustments),
    }
    found = run_days(rule_table(), rows, days)
    return {row["item_id"]: row for row in found[DAY + timedelta(days=days - 1)]}


def test_an_approved_adjustment_of_all_that_is_open_closes_the_item() -> None:
    [item] = run(adjustment("A1", "left:P1", "5.00")).values()
    assert (item["state"], item["standing"], item["open_amount"]) == (
        "adjusted",
        "closed",
        Decimal(0),
    )
    assert (item["explained_amount"], item["explanation"]) == (
        Decimal("5.00"),
        "adjusted: 5.00 CNY",
    )
    assert run(adjustment("A1", "left:P1", "5.00"), days=3) == {}


def test_a_part_leaves_the_rest_open_and_another_part_closes_it() -> None:
    [item] = run(adjustment("A1", "left:P1", "2.00")).values()
    assert (item["state"], item["open_amount"]) == ("left_only", Decimal("3.00"))
    two = (adjustment("A1", "left:P1", "2.00"), adjustment("A2", "left:P1", "3.00", day=2))
    [item] = run(*two, days=3).values()
    assert (item["state"], item["explained_amount"]) == ("adjusted", Decimal("5.00"))


def test_a_rejected_adjustment_closes_nothing() -> None:
    items = run(adjustment("A1", "left:P1", "5.00", approved=False))
    assert states(list(items.values())) == {"left:P1": "left_only"}


def test_an_adjustment_that_fits_no_open_item_is_an_item_itself() -> None:
    refused = [
        adjustment("A1", "left:P1", "5.01"),
        adjustment("A2", "left:P9", "1.00"),
        adjustment("A3", "left:P1", "5.00", currency="USD"),
    ]
    for each in refused:
        items = run(each)
        assert items["left:P1"]["state"] == "left_only"
        item = items[f"adjustment:{each['adjustment_no']}"]
        assert (item["state"], item["is_open"], item["open_amount"]) == (
            "adjustment_refused",
            True,
            each["amount"],
        )
        assert item["explanation"] == (
            f"adjusts {each['reconciliation_item']}, of which so much is not open"
        )
        assert f"adjustment:{each['adjustment_no']}" in run(each, days=4)


def test_an_adjustment_of_the_day_on_which_the_item_begins_counts_on_the_next() -> None:
    early = adjustment("A1", "left:P1", "5.00", day=0)
    assert states(list(run(early).values())) == {"left:P1": "adjusted"}


def test_what_is_matched_after_it_was_adjusted_in_part_is_open_the_other_way() -> None:
    part = adjustment("A1", "left:P1", "2.00")
    [item] = run(part, days=3, bills=(bill("1", "5.00", day=2),)).values()
    assert (item["state"], item["is_open"], item["open_amount"]) == (
        "amount_mismatch",
        True,
        Decimal("-2.00"),
    )


def test_a_written_off_item_is_closed() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00")],
        "ods_reconciliation_decision": [
            {
                "decision_no": "D1",
                "rule": NAME,
                "item_id": "left:P1",
                "decision": "write_off",
                "dt": NEXT,
            }
        ],
    }
    found = run_days(rule_table(), rows, days=3)
    [item] = found[NEXT]
    assert (item["state"], item["is_open"], item["explanation"]) == (
        "written_off",
        False,
        "written off: 5.00 CNY",
    )
    assert found[NEXT + timedelta(days=1)] == []
