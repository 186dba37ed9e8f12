from datetime import timedelta

import pytest

from tests.tables.run_sql import DAY, at, blocking_rules, broken_rules, known_tables, plain_row
from warehouse_assets.ods.ods_order import ods_order
from warehouse_assets.ods.ods_payment import ods_payment
from warehouse_assets.ods.ods_sku import ods_sku

ORDER = {"order_no": "A", "order_status": "paid", "ordered_at": at("2026-01-10 00:00")}
PAYMENT = {"payment_no": "P", "payment_status": "captured", "paid_at": at("2026-01-10 23:59")}


def broken(table, row):
    return broken_rules(table, [plain_row(table, row)])


@pytest.mark.parametrize("days", [0, 3])
def test_rows_in_time_break_nothing(days):
    day = DAY + timedelta(days=days)
    assert broken(ods_order, {**ORDER, "dt": day}) == set()
    assert broken(ods_payment, {**PAYMENT, "dt": day}) == set()


def test_rows_too_late_or_too_early_for_their_day_are_reported_and_kept():
    late, early = DAY + timedelta(days=4), DAY - timedelta(days=1)
    found = {
        *broken(ods_order, {**ORDER, "dt": late}),
        *broken(ods_payment, {**PAYMENT, "dt": late}),
        *broken(ods_order, {**ORDER, "dt": early}),
        *broken(ods_payment, {**PAYMENT, "dt": early}),
    }
    assert found == {
        "in_time_for_dwd_order",
        "in_time_for_dwd_payment",
        "delivered_after_order",
        "delivered_after_capture",
    }
    assert not found & (blocking_rules(ods_order) | blocking_rules(ods_payment))


def test_a_payment_not_captured_has_no_day_to_be_late_for():
    assert broken(ods_payment, {"payment_status": "failed"}) == set()


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        (ods_payment, {**PAYMENT, "paid_at": None}, "captured_has_time"),
        (ods_sku, {"list_price": 5, "currency": None}, "price_has_currency"),
    ],
)
def test_rows_that_nothing_can_be_made_of_are_refused(table, row, rule):
    assert broken(table, row) == {rule} <= blocking_rules(table)


def test_an_unknown_status_is_refused():
    found = broken(ods_order, {**ORDER, "order_status": "teleported"})
    assert len(found) == 1
    assert found <= blocking_rules(ods_order)


@pytest.mark.parametrize("name", [name for name in known_tables() if name.startswith("ods_")])
def test_a_delivered_table_repeats_rows_and_says_where_each_came_from(name):
    table = known_tables()[name]
    assert table.key == ()
    assert [column.spec.name for column in table.columns[-3:]] == [
        "source_file",
        "source_line",
        "dt",
    ]
