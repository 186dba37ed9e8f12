"""Adjustments and write-offs: what they close, and what becomes of those that close nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

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


def _write_off(item: str, *, day: int) -> Row:
    return {
        "decision_no": "D1",
        "rule": NAME,
        "item_id": item,
        "decision": "write_off",
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


@pytest.mark.parametrize(
    ("adjusted", "billed", "open_amount"),
    # Of 5.00 paid; what was adjusted is booked, whatever comes later.
    [("2.00", "7.00", "-4.00"), ("4.00", "3.00", "-2.00"), ("2.00", "4.00", "-1.00")],
)
def test_what_an_adjustment_explained_counts_the_way_it_was_booked(
    adjusted: str, billed: str, open_amount: str
) -> None:
    part = adjustment("A1", "left:P1", adjusted)
    [item] = run(part, days=4, bills=(bill("1", billed, day=2),)).values()
    assert (item["state"], item["open_amount"]) == ("amount_mismatch", Decimal(open_amount))


def test_what_was_booked_too_much_is_adjusted_back_or_written_off() -> None:
    part = adjustment("A1", "left:P1", "2.00")
    bills = (bill("1", "5.00", day=2),)
    [item] = run(part, days=3, bills=bills).values()
    assert item["explanation"] == "agrees, and was adjusted: 2.00 CNY"
    [item] = run(part, adjustment("A2", "left:P1", "2.00", day=3), days=4, bills=bills).values()
    assert (item["is_open"], item["explained_amount"]) == (False, Decimal(0))
    rows = {
        "dwd_payment": [payment("1", "5.00")],
        "dwd_channel_bill": list(bills),
        "dwd_manual_adjustment": [part],
        "ods_reconciliation_decision": [_write_off("left:P1", day=3)],
    }
    [item] = run_days(rule_table(), rows, days=4)[DAY + timedelta(days=3)]
    assert (item["state"], item["explanation"]) == ("written_off", "written off: 2.00 CNY")


def test_of_two_adjustments_the_later_is_refused_where_both_are_too_much() -> None:
    on_one_day = (adjustment("A1", "left:P1", "3.00"), adjustment("A2", "left:P1", "4.00"))
    tried_again = (adjustment("A1", "left:P1", "3.00", day=0), adjustment("A2", "left:P1", "4.00"))
    for two in (on_one_day, tried_again):
        items = run(*two)
        assert states(list(items.values())) == {
            "left:P1": "left_only",
            "adjustment:A2": "adjustment_refused",
        }
        assert items["left:P1"]["open_amount"] == Decimal("2.00")


def test_what_was_said_of_either_side_counts_for_both_once_they_are_one_item() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00", outward_no="another")],
        "dwd_channel_bill": [bill("1", "4.00")],
        "dwd_manual_adjustment": [
            adjustment("A1", "left:P1", "2.00"),
            adjustment("A2", "right:B1", "1.00"),
        ],
        "ods_reconciliation_decision": [
            {**_write_off("left:P1", day=2), "decision": "confirm", "left_id": "P1",
             "right_id": "B1"},
        ],
    }  # fmt: skip
    [item] = run_days(rule_table(), rows, days=3)[DAY + timedelta(days=2)]
    assert (item["item_id"], item["state"], item["explained_amount"]) == (
        "left:P1",
        "adjusted",
        Decimal("1.00"),
    )


@pytest.mark.parametrize("typed_in", [1, 2])
def test_what_was_adjusted_in_one_currency_is_not_taken_off_another(typed_in: int) -> None:
    """The bill's item was adjusted, then a payment in dollars comes: they stay two items."""
    rows = {
        "dwd_payment": [payment("1", "5.00", day=2, currency="USD")],
        "dwd_channel_bill": [bill("1", "5.00")],
        "dwd_manual_adjustment": [adjustment("A1", "right:B1", "1.00", day=typed_in)],
    }
    found = run_days(rule_table(), rows, days=4)
    for day in (2, 3):
        items = {row["item_id"]: row for row in found[DAY + timedelta(days=day)]}
        amounts = {name: (row["currency"], row["open_amount"]) for name, row in items.items()}
        assert amounts == {
            "left:P1": ("USD", Decimal("5.00")),
            "right:B1": ("CNY", Decimal("-4.00")),
        }


def test_an_item_of_two_currencies_is_adjusted_in_that_of_its_left() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00", day=1, currency="USD")],
        "dwd_channel_bill": [bill("1", "5.00")],
        "dwd_manual_adjustment": [adjustment("A1", "right:B1", "1.00", day=2, currency="USD")],
    }
    found = run_days(rule_table(), rows, days=4)
    for day in (2, 3):
        [item] = found[DAY + timedelta(days=day)]
        assert (item["state"], item["currency"], item["open_amount"]) == (
            "currency_mismatch",
            "USD",
            Decimal("4.00"),
        )


_cents = st.integers(1, 9).map(lambda each: f"{each}.00")


@settings(max_examples=20, deadline=None)
@given(
    paid=st.lists(st.tuples(_cents, st.integers(0, 3)), min_size=1, max_size=3),
    billed=st.lists(st.tuples(_cents, st.integers(0, 3)), max_size=3),
    typed_in=st.lists(
        st.tuples(
            st.sampled_from(["left:P1", "left:P2", "right:B1", "right:B2"]),
            _cents,
            st.integers(0, 4),
        ),
        max_size=6,
    ),
)
def test_each_adjustment_is_counted_once_or_is_an_item(
    paid: list[tuple[str, int]],
    billed: list[tuple[str, int]],
    typed_in: list[tuple[str, str, int]],
) -> None:
    """What items have explained is, day by day, what was booked of them: nothing is lost."""
    rows = {
        "dwd_payment": [
            payment(str(n), amount, day=day) for n, (amount, day) in enumerate(paid, 1)
        ],
        "dwd_channel_bill": [
            bill(str(n), amount, day=day) for n, (amount, day) in enumerate(billed, 1)
        ],
        "dwd_manual_adjustment": [
            adjustment(f"A{n}", item, amount, day=day)
            for n, (item, amount, day) in enumerate(typed_in)
        ],
    }
    found = run_days(rule_table(), rows, days=6)
    was_open: dict[str, Row] = {}
    waiting: dict[str, Row] = {}
    for day, results in found.items():
        for row in rows["dwd_manual_adjustment"]:
            if row["dt"] == day:
                waiting[f"adjustment:{row['adjustment_no']}"] = row
        refused = {row["item_id"] for row in results if row["state"] == "adjustment_refused"}
        booked = Decimal(0)
        for name in set(waiting) - refused:
            each = waiting.pop(name)
            open_amount = was_open[each["reconciliation_item"]]["open_amount"]
            assert each["amount"] <= abs(open_amount)
            booked += each["amount"].copy_sign(open_amount)
        assert refused == set(waiting)
        before = sum((row["explained_amount"] for row in was_open.values()), Decimal(0))
        assert sum((row["explained_amount"] for row in results), Decimal(0)) == before + booked
        was_open = {row["item_id"]: row for row in results if row["is_open"]}


def test_a_written_off_item_is_closed() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00")],
        "ods_reconciliation_decision": [_write_off("left:P1", day=1)],
    }
    found = run_days(rule_table(), rows, days=3)
    [item] = found[NEXT]
    assert (item["state"], item["is_open"], item["explanation"]) == (
        "written_off",
        False,
        "written off: 5.00 CNY",
    )
    assert found[NEXT + timedelta(days=1)] == []
