"""What is open is there again on the next day, until it is matched, adjusted or written off."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from tests.modeling.reconciliation.rules import (
    NAME,
    bill,
    payment,
    rule_table,
    run_days,
    states,
)
from tests.tables.run_sql import DAY, Row
from warehouse_assets.modeling import match_key


def test_an_item_is_open_then_carried_then_overdue_until_it_is_matched() -> None:
    table = rule_table(open_days=2)
    rows = {"dwd_payment": [payment("1", "5.00")], "dwd_channel_bill": [bill("1", "5.00", day=4)]}
    found = run_days(table, rows, days=6)
    items = [found[DAY + timedelta(days=number)] for number in range(5)]
    assert [row["standing"] for [row] in items] == [
        "open",
        "carried",
        "carried",
        "overdue",
        "closed",
    ]
    assert [row["state"] for [row] in items] == [*["left_only"] * 4, "timing"]
    assert [row["age_days"] for [row] in items] == [0, 1, 2, 3, 4]
    assert {row["item_id"] for [row] in items} == {"left:P1"}
    assert {(row["first_date"], row["due_date"]) for [row] in items} == {
        (DAY, DAY + timedelta(days=2))
    }
    assert items[4][0]["explanation"] == "billed 4 days later than paid"
    assert found[DAY + timedelta(days=5)] == []


def test_what_was_settled_and_comes_again_is_a_duplicate() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00")],
        "dwd_channel_bill": [
            bill("1", "5.00"),
            bill("1", "5.00", bill_line_id="B1 again"),
            bill("1", "5.00", bill_line_id="B1 later", day=2),
        ],
    }
    found = run_days(rule_table(), rows, days=3)
    assert states(found[DAY]) == {"left:P1": "matched", "right:B1 again": "duplicate_right"}
    assert states(found[DAY + timedelta(days=2)]) == {
        "right:B1 again": "duplicate_right",
        "right:B1 later": "duplicate_right",
    }


def test_a_group_is_complete_when_its_last_row_is_there() -> None:
    by_merchant = match_key("merchant", left=("merchant_no",), right=("merchant_no",))
    table = rule_table(match="n:1", passes=(by_merchant,))
    rows = {
        "dwd_payment": [payment("1", "4.00"), payment("2", "6.00", day=1)],
        "dwd_channel_bill": [bill("x", "10.00")],
    }
    found = run_days(table, rows, days=2)
    [first], [second] = found[DAY], found[DAY + timedelta(days=1)]
    assert (first["state"], first["open_amount"]) == ("amount_mismatch", Decimal("-6.00"))
    assert (second["state"], second["left_count"], second["left_amount"]) == (
        "timing",
        2,
        Decimal("10.00"),
    )
    assert second["item_id"] == first["item_id"]


_number = st.integers(1, 6).map(str)
_amount = st.sampled_from(["1.00", "2.00", "2.01"])
_day = st.integers(0, 2)
_currency = st.sampled_from(["CNY", "CNY", "USD"])
_row = st.tuples(_number, _amount, _day, _currency)


@settings(max_examples=40, deadline=None)
@given(left=st.lists(_row, max_size=8), right=st.lists(_row, max_size=8), many=st.booleans())
def test_every_row_is_in_exactly_one_result_of_each_day(
    left: list[tuple[str, str, int, str]], right: list[tuple[str, str, int, str]], many: bool
) -> None:
    payments = [
        payment(n, amount, day=day, currency=currency, payment_no=f"P{place}")
        for place, (n, amount, day, currency) in enumerate(left)
    ]
    bills = [
        bill(n, amount, day=day, currency=currency, bill_line_id=f"B{place}")
        for place, (n, amount, day, currency) in enumerate(right)
    ]
    table = rule_table(match="n:m" if many else "1:1")
    rows = {"dwd_payment": payments, "dwd_channel_bill": bills}
    found = run_days(table, rows, days=4)
    mixed = {name: random.sample(each, len(each)) for name, each in rows.items()}
    assert run_days(table, mixed, days=4) == found
    carried: list[Row] = []
    for day, results in found.items():
        ids = [row["item_id"] for row in results]
        assert len(ids) == len(set(ids))
        for side, given_rows, amount in (
            ("left", payments, "paid_amount"),
            ("right", bills, "gross_amount"),
        ):
            today = [row for row in given_rows if row["dt"] == day]
            count = sum(row[f"{side}_count"] for row in results)
            total = sum((row[f"{side}_amount"] for row in results), Decimal(0))
            assert count == len(today) + sum(row[f"{side}_count"] for row in carried)
            assert total == sum((row[amount] for row in today), Decimal(0)) + sum(
                (row[f"{side}_amount"] for row in carried), Decimal(0)
            )
        carried = [row for row in results if row["is_open"]]
    assert table.name == NAME
