"""Every order is in one class of differences, and contradictory times are counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from examples.olist.run import Listeners, OlistRun, run_olist
from resources.errors import SettingsError
from resources.lake.model.window import Window
from tests.examples.olist.conftest import Tables
from tests.examples.olist.export import Reading, Shop, hex_id

DAY = "2018-01-02"


@pytest.fixture(scope="module")
def shop() -> Shop:
    shop = Shop()
    for name, paid, instalments in (
        ("equal", "10.00", 1),
        ("rounding of two items", "20.02", 3),
        ("more than a cent an item", "10.02", 1),
        ("instalment interest", "10.50", 3),
        ("more at once", "12.00", 1),
        ("less", "9.50", 4),
        ("nothing paid", None, 1),
        ("split in two", "4.00", 1),
    ):
        shop.order(name, f"{DAY} 10:00:00", carrier=f"{DAY} 12:00:00", delivered=f"{DAY} 13:00:00")
        shop.item(name, "8.00", "2.00")
        if paid:
            shop.payment(name, paid, instalments)
    shop.item("rounding of two items", "10.00", number=2)
    shop.payment("split in two", "6.00", number=2)
    shop.order("no items", f"{DAY} 10:00:00", status="unavailable").payment("no items", "5.00")
    shop.order("neither", f"{DAY} 10:00:00", status="created")
    for name, times in (
        ("approved too early", ("09:00:00", "12:00:00", "13:00:00")),
        ("shipped too early", ("10:30:00", "09:00:00", "13:00:00")),
        ("delivered too early", ("10:30:00", "12:00:00", "11:00:00")),
        ("delivered before all", ("10:30:00", "12:00:00", "09:30:00")),
        ("never shipped", ("10:30:00", "", "11:00:00")),
        ("never delivered", ("10:30:00", "12:00:00", "")),
        ("never approved", ("", "12:00:00", "13:00:00")),
    ):
        approved, carrier, delivered = (f"{DAY} {time}" if time else "" for time in times)
        shop.order(name, f"{DAY} 10:00:00", approved or None, carrier, delivered)
        shop.item(name, "1.00").payment(name, "1.00")
    shop.order("cancelled", f"{DAY} 10:00:00", "", f"{DAY} 12:00:00", f"{DAY} 13:00:00", "canceled")
    return shop.item("cancelled", "1.00").payment("cancelled", "1.00")


@pytest.fixture(scope="module")
def folder(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop.write(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> OlistRun:
    return run_olist(folder, tmp_path_factory.mktemp("home"))


def test_each_class_has_its_orders(run: OlistRun) -> None:
    found = {order.order_no: order.class_name for order in run.differences.orders}
    assert found == {
        hex_id("rounding of two items"): "rounding",
        hex_id("more than a cent an item"): "unexplained_more",
        hex_id("instalment interest"): "instalment_interest",
        hex_id("more at once"): "unexplained_more",
        hex_id("less"): "unexplained_less",
        hex_id("nothing paid"): "items_without_payment",
        hex_id("no items"): "paid_without_items",
        hex_id("neither"): "no_items_no_payment",
    }


def test_classes_sum_up_to_all_orders_and_all_money(run: OlistRun, folder: Path) -> None:
    reading = Reading(folder)
    classes = run.differences.by_class
    assert {name: each.orders for name, each in classes.items() if each.orders} == reading.classes()
    assert run.differences.order_count == len(reading.orders)
    for name, each in classes.items():
        members = [order for order in reading.orders if reading.class_of(order) == name]
        assert each.item_amount == sum(map(reading.payable, members))
        assert each.paid_amount == sum(map(reading.paid, members))
        assert each.difference_amount == each.paid_amount - each.item_amount
    assert run.differences.orders_without_items == 2
    assert classes["unexplained_more"].difference_amount == Decimal("2.02")


def test_contradictory_times_are_counted(run: OlistRun, folder: Path) -> None:
    expected = Reading(folder).time_errors()
    assert run.differences.time_errors == dict(expected)
    assert all(expected.values()), "the shop has orders with each of them"


def test_orders_with_errors_are_in_the_finance_day_all_the_same(
    run: OlistRun, folder: Path
) -> None:
    assert Tables(run).financial_days() == Reading(folder).days()


def test_a_second_run_finds_everything_up_to_date_and_a_changed_export_is_noticed(
    tmp_path: Path,
) -> None:
    shop = Shop().order("a", f"{DAY} 10:00:00").item("a", "7.00").payment("a", "7.00")
    folder, home = shop.write(tmp_path / "export"), tmp_path / "home"
    run_olist(folder, home)
    again: dict[str, int | None] = {}
    run_olist(folder, home, listeners=Listeners(table=again.__setitem__))
    assert set(again.values()) == {None}
    shop.payments[0]["payment_value"] = "7.01"
    changed: dict[str, int | None] = {}
    ran = run_olist(shop.write(folder), home, listeners=Listeners(table=changed.__setitem__))
    made_again = {name for name, rows in changed.items() if rows is not None}
    assert {"ods_payment", "dwd_payment", "dws_financial_1d", "ads_revenue_bridge"} <= made_again
    assert {"ods_order", "ods_order_item", "dwd_order"}.isdisjoint(made_again)
    assert Tables(ran).financial_days() == Reading(folder).days()


def test_another_export_does_not_fill_the_lake_of_this_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for day in (DAY, "2018-03-01"):
        shop = Shop().order("a", f"{day} 10:00:00").item("a", "7.00").payment("a", "7.00")
        folder = shop.write(tmp_path / "export")
        if day == DAY:
            run_olist(folder, home)
        else:
            with pytest.raises(SettingsError, match="not that of this export"):
                run_olist(folder, home)
    assert (home / "landing" / "order_center" / "order").joinpath(DAY).is_dir()


def test_a_payment_whose_order_is_of_another_day_is_reported(tmp_path: Path) -> None:
    shop = Shop().order("a", "2018-01-01 10:00:00", "2018-01-02 10:00:00").item("a", "7.00")
    shop.payment("a", "7.00").order("b", f"{DAY} 10:00:00").item("b", "1.00").payment("b", "1.00")
    window = Window.of_day(date.fromisoformat(DAY))
    found = run_olist(shop.write(tmp_path / "export"), tmp_path / "home", window=window).differences
    assert found.order_count == 1
    assert (found.payments_without_order, found.payments_without_order_amount) == (1, Decimal(7))
