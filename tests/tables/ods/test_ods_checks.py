from datetime import timedelta

import pytest

from tests.tables.run_sql import (
    DAY,
    at,
    blocking_rules,
    broken_rules,
    known_tables,
    plain_row,
)

# What people decide is not delivered: commands record it.
DELIVERED = [
    table for name, table in known_tables().items() if name.startswith("ods_") and table.source
]
DATED = [table for table in DELIVERED if table.change_log and table.change_log.event_time]


def broken(table, row):
    return broken_rules(table, [plain_row(table, row)])


def broken_by(name, row):
    """What a row breaks beyond what a row of plain values breaks anyway."""
    table = known_tables()[name]
    return broken(table, row) - broken(table, {})


def named(table):
    return table.name


@pytest.mark.parametrize("table", DATED, ids=named)
def test_rows_too_late_or_too_early_for_their_facts_are_reported_and_kept(table):
    event = table.change_log.event_time

    def days_after(days):
        midnight = at("2026-01-10 00:00")
        return broken(table, {event: midnight, "dt": DAY + timedelta(days=days)})

    assert days_after(0) == days_after(3)
    assert days_after(4) - days_after(3) == {"delivered_in_time"}
    assert days_after(-1) - days_after(0) == {"delivered_in_time"}
    assert "delivered_in_time" not in blocking_rules(table)


@pytest.mark.parametrize("name", ["ods_payment", "ods_refund"])
def test_what_has_not_happened_has_no_day_to_be_late_for(name):
    table = known_tables()[name]
    assert "delivered_in_time" not in broken(table, {})


@pytest.mark.parametrize(
    ("name", "row", "rule"),
    [
        ("ods_payment", {"payment_status": "captured", "paid_at": None}, "captured_has_time"),
        ("ods_refund", {"refund_status": "succeeded"}, "succeeded_has_time"),
        ("ods_sku", {"list_price": 5, "currency": None}, "price_has_currency"),
    ],
)
def test_rows_that_nothing_can_be_made_of_are_refused(name, row, rule):
    assert broken_by(name, row) == {rule} <= blocking_rules(known_tables()[name])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("ods_order", "order_status"),
        ("ods_payment", "payment_status"),
        ("ods_refund", "refund_status"),
        ("ods_shipment", "shipment_status"),
        ("ods_coupon_use", "use_status"),
        ("ods_bank_statement", "direction"),
    ],
)
def test_an_unknown_word_is_refused(name, column):
    table = known_tables()[name]
    found = broken(table, {column: "teleported"}) & blocking_rules(table)
    assert any(rule.startswith(f"{column} one of ") for rule in found)


@pytest.mark.parametrize(
    ("name", "row", "rule"),
    [
        ("ods_payout", {"gross_amount": 10, "fee_amount": 1, "net_amount": 10}, "net_adds_up"),
        ("ods_channel_bill_summary", {"refund_amount": 1}, "net_adds_up"),
        ("ods_coupon", {"funded_by": "seller", "platform_share_rate": 1}, "share_fits_funder"),
        ("ods_coupon", {"valid_to_date": DAY - timedelta(1)}, "valid_from_before_to"),
        ("ods_coupon_use", {"coupon_amount": 2, "seller_amount": 1}, "shares_add_up"),
        ("ods_coupon_use", {"use_status": "returned"}, "returned_has_time"),
        ("ods_wallet_entry", {"balance_amount": "-0.01"}, "balance_not_overdrawn"),
        ("ods_wallet_entry", {"entry_type": "top_up", "wallet_direction": "out"},
         "direction_fits_type"),
        ("ods_commission_rate", {"valid_to_date": DAY - timedelta(1)}, "valid_from_before_to"),
        ("ods_settlement", {"gross_amount": 10, "seller_payable_amount": 9}, "payable_adds_up"),
        ("ods_settlement_item", {"subsidy_amount": 1}, "payable_adds_up"),
        ("ods_shipment", {"shipment_status": "delivered"}, "delivered_has_time"),
        ("ods_stock_movement", {"movement_type": "out", "quantity_change": 1}, "sign_fits_type"),
        ("ods_stock_movement", {"movement_type": "in", "quantity_change": -1}, "sign_fits_type"),
        ("ods_stock_snapshot", {"stock_quantity": -1}, "stock_not_negative"),
        ("ods_invoice", {"invoice_total_amount": 1, "tax_amount": 2}, "tax_within_invoice"),
        ("ods_ledger_balance", {"closing_balance_amount": 1}, "closing_adds_up"),
        ("ods_ledger_balance", {"debit_amount": 1, "closing_balance_amount": 1},
         "debits_equal_credits"),
    ],
)  # fmt: skip
def test_figures_that_do_not_fit_are_reported_and_kept(name, row, rule):
    table = known_tables()[name]
    found = broken_by(name, row)
    assert rule in found
    assert rule not in blocking_rules(table)


def test_who_typed_an_adjustment_in_may_not_approve_it():
    def approved_by(somebody):
        row = {"entered_by": "li", "approved_by": somebody, "amount": 1,
               "debit_account": "1002", "credit_account": "9999"}  # fmt: skip
        return broken(known_tables()["ods_manual_adjustment"], row)

    assert approved_by("wang") == approved_by(None) == set()
    assert approved_by("li") == {"approved_by_another"}


@pytest.mark.parametrize("table", DELIVERED, ids=named)
def test_a_delivered_table_repeats_rows_and_says_where_each_came_from(table):
    assert table.key == ()
    assert [column.spec.name for column in table.columns[-3:]] == [
        "source_file",
        "source_line",
        "dt",
    ]
