"""What the rule of orders and payments finds are the classes of the documentation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from examples.olist.run import OlistRun, run_olist
from tests.examples.olist.conftest import RealData, write_months
from tests.examples.olist.export import Reading, Shop

DAY, NEXT_DAY = "2018-01-02", "2018-01-03"


def found_by(run: OlistRun) -> dict[tuple[str, str | None], int]:
    return {(each.name, each.state): each.orders for each in run.reconciled}


def test_each_class_has_its_result(tmp_path: Path) -> None:
    shop = Shop()
    for name, paid, instalments in (
        ("equal", "10.00", 1),
        ("a cent", "9.99", 1),
        ("instalment interest", "10.50", 3),
        ("more at once", "12.00", 1),
        ("less", "9.50", 4),
        ("nothing paid", None, 1),
        ("two payments", "4.00", 1),
    ):
        shop.order(name, f"{DAY} 10:00:00").item(name, "8.00", "2.00")
        if paid:
            shop.payment(name, paid, instalments)
    shop.payment("two payments", "6.00", number=2)
    shop.order("paid the next day", f"{DAY} 23:00:00", f"{NEXT_DAY} 09:00:00")
    shop.item("paid the next day", "3.00").payment("paid the next day", "3.00")
    # Two cents on two items: rounding by item, and more than the rule lets pass of an order.
    shop.order("two items", f"{DAY} 10:00:00").item("two items", "1.00")
    shop.item("two items", "1.00", number=2).payment("two items", "2.02")
    shop.order("no items", f"{DAY} 10:00:00", status="unavailable").payment("no items", "5.00")
    shop.order("neither", f"{DAY} 10:00:00", approved=None, status="created")
    shop.order("never approved", f"{DAY} 10:00:00", approved=None, status="delivered")
    shop.item("never approved", "1.00").payment("never approved", "1.00")
    shop.order("never paid", f"{DAY} 10:00:00", approved=None, status="created")
    shop.item("never paid", "1.00")
    run = run_olist(shop.write(tmp_path / "export"), tmp_path / "home", reconcile=True)
    assert found_by(run) == {
        ("no_items_no_payment", None): 1,
        ("paid_without_items", "right_only"): 1,
        ("items_without_payment", "left_only"): 1,
        ("items_without_payment", None): 1,
        ("equal", "matched"): 3,
        ("equal", "status_mismatch"): 1,
        ("rounding", "matched_within_tolerance"): 1,
        ("rounding", "amount_mismatch"): 1,
        ("instalment_interest", "amount_mismatch"): 1,
        ("unexplained_more", "amount_mismatch"): 1,
        ("unexplained_less", "amount_mismatch"): 1,
    }
    assert_same_classes(run)


@pytest.mark.parametrize(
    ("days", "within_tolerance"),
    [
        (("2017-11-03", "2017-11-04"), 0),
        (("2018-08-02", "2018-08-03"), 1),
    ],
    ids=["two cents on four items", "a cent on six items"],
)
def test_real_orders_are_in_the_classes_that_their_csvs_say(
    real_data: RealData,
    sold_reference: Path,
    tmp_path: Path,
    days: tuple[str, ...],
    within_tolerance: int,
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    write_months(real_data, sold_reference, folder, days)
    run = run_olist(folder, tmp_path / "home", reconcile=True)
    reading = Reading(folder)
    classes = Counter[str]()
    for (name, _), orders in found_by(run).items():
        classes[name] += orders
    assert classes == reading.classes()
    assert classes["rounding"] == 1 and classes["equal"] >= 1
    assert found_by(run) == {
        ("equal", "matched"): classes["equal"],
        ("rounding", "matched_within_tolerance" if within_tolerance else "amount_mismatch"): 1,
    }
    assert_same_classes(run)


def assert_same_classes(run: OlistRun) -> None:
    """The rule's classes have the orders and the money that a comparison of the facts finds."""
    assert run.differences.order_count > 0
    for name, expected in run.differences.by_class.items():
        found = [each for each in run.reconciled if each.name == name]
        assert sum(each.orders for each in found) == expected.orders, name
        assert sum(each.ordered_amount for each in found) == expected.item_amount, name
        assert sum(each.paid_amount for each in found) == expected.paid_amount, name
        assert sum(each.difference_amount for each in found) == expected.difference_amount, name
