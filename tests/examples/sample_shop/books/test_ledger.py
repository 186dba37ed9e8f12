"""The general ledger: posted again from what the sources delivered, in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from pathlib import Path

from examples.sample_shop.fill import fill
from resources.lake.model.window import Window
from tests.examples.sample_shop.books.test_channels import bill_rows, days_that_are_complete
from tests.examples.sample_shop.reading import Delivered, read_day

Posting = tuple[date, str, str, Decimal]
"""Day, account, currency, amount debited; credited if negative."""


def _entry(
    day: date, debit: str, credit: str, amount: Decimal, currency: str = "CNY"
) -> Iterator[Posting]:
    yield day, debit, currency, amount
    yield day, credit, currency, -amount


def _posted(delivered: Delivered) -> Iterator[Posting]:
    for payment in delivered.latest("payment", "payment_no").values():
        if payment["payment_status"] == "captured":
            receivable = "2203" if payment["payment_method"] == "wallet" else "1012"
            day = delivered.business_date(payment["paid_at"])
            yield from _entry(day, receivable, "2205", payment["paid_amount"], payment["currency"])
    for refund in delivered.latest("refund", "refund_no").values():
        if refund["refund_status"] == "succeeded":
            receivable = "2203" if refund["payment_method"] == "wallet" else "1012"
            # The seller is settled what a buyer charged back: that is claimed from the buyer.
            debit = "1122" if refund["refund_type"] == "chargeback" else "2205"
            day = delivered.business_date(refund["refunded_at"])
            yield from _entry(day, debit, receivable, refund["refund_amount"], refund["currency"])
    for entry in delivered.latest("wallet_entry", "wallet_entry_no").values():
        day = delivered.business_date(entry["occurred_at"])
        if entry["entry_type"] == "top_up":
            yield from _entry(day, "1002", "2203", entry["amount"])
        elif entry["entry_type"] == "withdrawal":
            yield from _entry(day, "2203", "1002", entry["amount"])
    for day in delivered.days:
        for row in bill_rows(delivered, day):
            accounts = ("1012", "6601") if row.is_refund else ("6601", "1012")
            moved = row.transaction_at.date()
            yield from _entry(moved, *accounts, row.fee_amount, row.currency)
    for payout in delivered.latest("payout", "payout_no").values():
        day = delivered.business_date(payout["paid_out_at"])
        yield from _entry(day, "1002", "1012", payout["net_amount"], payout["currency"])
    settlements = delivered.latest("settlement", "settlement_no")
    for entry in delivered.latest("bank_statement", "entry_no").values():
        if entry["direction"] == "out" and entry["bank_reference"] in settlements:
            day = delivered.business_date(entry["booked_at"])
            yield from _entry(day, "2202", "1002", entry["amount"], entry["currency"])
    for item in delivered.latest_rows("settlement_item", "settlement_no", "order_no", "line_no"):
        day = delivered.business_date(item["settled_at"])
        kept = item["gross_amount"] - item["refund_amount"]
        yield from _entry(day, "2205", "2202", kept, item["currency"])
        yield from _entry(day, "6602", "2202", item["subsidy_amount"], item["currency"])
        yield from _entry(day, "2202", "6001", item["commission_amount"], item["currency"])
    for adjustment in delivered.latest("manual_adjustment", "adjustment_no").values():
        yield from _entry(
            date.fromisoformat(adjustment["effective_date"]),
            adjustment["debit_account"],
            adjustment["credit_account"],
            adjustment["amount"],
        )


def test_the_ledger_is_what_everything_delivered_is_posted_as(delivered: Delivered) -> None:
    debits: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    credits_: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    for day, account, currency, amount in _posted(delivered):
        if amount != 0:
            side = debits if amount > 0 else credits_
            side[day, account, currency] += abs(amount)
    moved: set[str] = set()
    currencies: set[str] = set()
    for day in days_that_are_complete(delivered):
        for row in delivered.rows["ledger_balance"][day]:
            account, currency = row["account_code"], row["currency"]
            assert row["debit_amount"] == debits.pop((day, account, currency), 0), (day, row)
            assert row["credit_amount"] == credits_.pop((day, account, currency), 0), (day, row)
            if row["debit_amount"] or row["credit_amount"]:
                moved.add(account)
                currencies.add(currency)
        assert not [account for at, account, _ in debits.keys() | credits_.keys() if at == day]
    assert currencies == {"CNY", "HKD", "USD"}
    assert moved >= {"1002", "1012", "1122", "2202", "2203", "2205", "6001", "6601", "6602", "9999"}


def test_settlements_are_in_the_books_on_the_day_they_are_made(delivered: Delivered) -> None:
    day = delivered.days[7]
    items = [
        row
        for row in delivered.latest_rows("settlement_item", "settlement_no", "order_no", "line_no")
        if delivered.business_date(row["settled_at"]) == day and row["currency"] == "CNY"
    ]
    (income,) = (
        row
        for row in delivered.rows["ledger_balance"][day]
        if (row["account_code"], row["currency"]) == ("6001", "CNY")
    )
    adjusted = sum(
        row["amount"]
        for _, row in delivered.log("manual_adjustment")
        if row["effective_date"] == day.isoformat()
        and row["credit_account"] == "6001"
        and row["approved_by"] is not None
    )
    assert income["credit_amount"] == sum(row["commission_amount"] for row in items) + adjusted > 0


def test_balances_carry_over_and_both_sides_are_equal(delivered: Delivered) -> None:
    closing: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for day in delivered.days:
        rows = delivered.rows["ledger_balance"][day]
        accounts = {(row["account_code"], row["currency"]): row for row in rows}
        assert len(accounts) == len(rows) == 30
        for account, row in accounts.items():
            assert row["opening_amount"] == closing[account], (day, row)
            made = row["opening_amount"] + row["debit_amount"] - row["credit_amount"]
            assert row["closing_amount"] == made, (day, row)
            closing[account] = made
        for currency in ("CNY", "HKD", "USD"):
            own = [row for row in rows if row["currency"] == currency]
            debit = sum(row["debit_amount"] for row in own)
            assert debit == sum(row["credit_amount"] for row in own), (day, currency)
            assert sum(row["closing_amount"] for row in own) == 0, (day, currency)


def test_people_adjust_the_books_a_few_times_a_day_and_others_approve(
    delivered: Delivered,
) -> None:
    for day in delivered.days:
        versions = defaultdict(list)
        for row in delivered.rows["manual_adjustment"][day]:
            versions[row["adjustment_no"]].append(row)
        assert 2 <= len(versions) <= 5
        for rows in versions.values():
            typed, approved = sorted(rows, key=lambda row: row["updated_at"])
            assert typed["approved_by"] is None
            assert approved["approved_by"] not in (None, approved["entered_by"])
            assert approved["amount"] == typed["amount"] > 0
            assert approved["debit_account"] != approved["credit_account"]
            assert approved["effective_date"] == day.isoformat()
            assert delivered.business_date(approved["updated_at"]) == day


def test_the_receivable_from_channels_is_what_they_have_not_paid_out_yet(
    delivered: Delivered,
) -> None:
    late: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for day, next_day in pairwise(delivered.days):
        for row in bill_rows(delivered, next_day):
            if row.transaction_at.date() == day:
                sign = -1 if row.is_refund else 1
                late[day, row.currency] += sign * (row.gross_amount - row.fee_amount)
    assert late
    for day, currency in product(delivered.days[:-1], ("CNY", "HKD", "USD")):
        (receivable,) = (
            row
            for row in delivered.rows["ledger_balance"][day]
            if (row["account_code"], row["currency"]) == ("1012", currency)
        )
        unpaid = sum(
            row["net_amount"]
            for row in delivered.rows["channel_summary"][day]
            if row["currency"] == currency
        )
        assert receivable["closing_amount"] == unpaid + late[day, currency]


def test_a_day_that_is_filled_alone_has_the_balances_of_all_days_before_it(
    delivered: Delivered, tmp_path: Path
) -> None:
    day = delivered.days[-1]
    fill(tmp_path, delivered.shop, Window.of_day(day))
    for source in ("ledger_balance", "payout", "bank_statement"):
        assert read_day(tmp_path, source, day) == delivered.rows[source][day], source
