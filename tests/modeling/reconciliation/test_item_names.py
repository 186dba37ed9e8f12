"""An open item keeps its name: people adjust it, write it off and ask for it by that name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given, settings, strategies as st

from tests.modeling.reconciliation.rules import bill, payment, rule_table, run_days
from tests.tables.run_sql import DAY, Row
from warehouse_assets.modeling import match_key

_row = st.tuples(
    st.integers(1, 3), st.sampled_from(["1.00", "2.00"]), st.integers(0, 3), st.integers(1, 9)
)


def _names(days: Mapping[date, list[Row]]) -> list[list[str]]:
    return [[row["item_id"] for row in results] for results in days.values()]


def test_the_older_side_names_the_item_on_all_its_days() -> None:
    rows = {"dwd_payment": [payment("1", "5.00", day=1)], "dwd_channel_bill": [bill("1", "4.00")]}
    assert _names(run_days(rule_table(), rows, days=4)) == [["right:B1"]] * 4


def test_a_group_that_gets_another_row_keeps_its_name() -> None:
    by_merchant = match_key("merchant", left=("merchant_no",), right=("merchant_no",))
    rows = {
        "dwd_payment": [payment("2", "5.00"), payment("1", "3.00", day=1)],
        "dwd_channel_bill": [bill("x", "10.00")],
    }
    found = run_days(rule_table(match="n:1", passes=(by_merchant,)), rows, days=3)
    assert _names(found) == [["left:P2"]] * 3


@settings(max_examples=20, deadline=None)
@given(left=st.lists(_row, max_size=6), right=st.lists(_row, max_size=6), many=st.booleans())
def test_whatever_comes_an_open_item_is_named_as_on_the_day_before(
    left: list[tuple[int, str, int, int]], right: list[tuple[int, str, int, int]], many: bool
) -> None:
    """Where two items become one it has the name of the older."""
    payments = [
        payment(str(key), amount, day=day, payment_no=f"P{order}{place}")
        for place, (key, amount, day, order) in enumerate(left)
    ]
    bills = [
        bill(str(key), amount, day=day, bill_line_id=f"B{order}{place}")
        for place, (key, amount, day, order) in enumerate(right)
    ]
    table = rule_table(match="n:m" if many else "1:1", days_apart=0)
    found = run_days(table, {"dwd_payment": payments, "dwd_channel_bill": bills}, days=5)
    for day in range(4):
        before = [row for row in found[DAY + timedelta(days=day)] if row["is_open"]]
        after = {row["item_id"]: row for row in found[DAY + timedelta(days=day + 1)]}
        for item in before:
            if item["item_id"] in after:
                assert after[item["item_id"]]["first_date"] == item["first_date"]
                continue
            side = item["item_id"].partition(":")[0]
            [joined] = [row for row in after.values() if row[f"{side}_id"] == item[f"{side}_id"]]
            assert joined["first_date"] <= item["first_date"]
            assert joined["item_id"] in {each["item_id"] for each in before}
