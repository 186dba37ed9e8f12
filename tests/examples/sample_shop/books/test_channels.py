"""Bills, their summaries, payouts and the bank tell of the same money, to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from tests.examples.sample_shop.bills import CHANNELS, BillRow, bill_lines, read_bill
from tests.examples.sample_shop.reading import Delivered, Row

CENT = Decimal("0.01")
FEE_RATES = {"alipay": Decimal("0.006"), "wechat_pay": Decimal("0.006"), "card": Decimal("0.012")}


def bill_rows(delivered: Delivered, day: date) -> Iterator[BillRow]:
    """All rows of a day's three bills."""
    for channel in CHANNELS:
        yield from read_bill(delivered.landing, channel, day, delivered.shop.time_zone)


def days_that_are_complete(delivered: Delivered) -> list[date]:
    """The days of which everything that is delivered late is there."""
    return [day for day in delivered.days if day + timedelta(days=3) <= delivered.days[-1]]


def _by_day(delivered: Delivered, rows: list[Row], moment: str) -> dict[date, list[Row]]:
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        if row["payment_method"] != "wallet" and row[moment] is not None:
            by_day[delivered.business_date(row[moment])].append(row)
    return by_day


def test_a_bill_holds_exactly_what_was_paid_and_refunded_on_its_day(delivered: Delivered) -> None:
    payments = list(delivered.latest("payment", "payment_no").values())
    refunds = list(delivered.latest("refund", "refund_no").values())
    paid = _by_day(delivered, payments, "paid_at")
    refunded = _by_day(delivered, refunds, "refunded_at")
    outward_no_of = {row["payment_no"]: row["outward_no"] for row in payments}
    refund_count = 0
    for day in days_that_are_complete(delivered):
        expected = [
            (
                row["payment_method"],
                row["merchant_no"],
                row["outward_no"],
                "",
                row["currency"],
                row["paid_amount"],
                row["paid_at"],
            )
            for row in paid[day]
        ] + [
            (
                row["payment_method"],
                row["merchant_no"],
                outward_no_of[row["payment_no"]],
                row["outward_refund_no"],
                row["currency"],
                row["refund_amount"],
                row["refunded_at"],
            )
            for row in refunded[day]
        ]
        # A few are too late for the bill of their day, and stand on the next.
        billed = [*bill_rows(delivered, day), *bill_rows(delivered, day + timedelta(days=1))]
        found = [
            (
                row.channel,
                row.merchant_no,
                row.outward_no,
                row.outward_refund_no,
                row.currency,
                row.gross_amount,
                row.transaction_at,
            )
            for row in billed
            if row.transaction_at.date() == day
        ]
        assert sorted(found) == sorted(expected), day
        refund_count += len(refunded[day])
    assert refund_count > 50


def test_bills_are_cut_at_local_midnight_and_name_every_transaction_once(
    delivered: Delivered,
) -> None:
    numbers: set[str] = set()
    rows = late = 0
    types: Counter[str] = Counter()
    for day in delivered.days:
        for row in bill_rows(delivered, day):
            is_late = row.transaction_at.date() == day - timedelta(days=1)
            assert is_late or row.transaction_at.date() == day, row
            late += is_late
            types[row.transaction_type] += 1
            assert row.is_refund == bool(row.outward_refund_no), row
            assert row.transaction_status in ("交易成功", "SUCCESS", "00"), row
            numbers.add(row.channel_transaction_no)
            rows += 1
    assert len(numbers) == rows > 5000
    assert 0.003 < late / rows < 0.008
    assert set(types) == {"交易", "消费", "SALE", "退款", "REFUND", "拒付", "CHARGEBACK"}


def test_channels_charge_their_contracts_fee_and_give_it_back_with_a_refund(
    delivered: Delivered,
) -> None:
    rows = [row for day in delivered.days for row in bill_rows(delivered, day)]
    assert {row.is_refund for row in rows} == {True, False}
    for row in rows:
        fee = (row.gross_amount * FEE_RATES[row.channel]).quantize(CENT, ROUND_HALF_UP)
        assert row.fee_amount == fee, row


def test_a_summary_is_the_sum_of_its_bill(delivered: Delivered) -> None:
    for day in delivered.days:
        rows = list(bill_rows(delivered, day))
        summaries = _by_channel(delivered.rows["channel_summary"][day])
        moved = {(row.channel, row.currency) for row in rows}
        assert set(summaries) == {(channel, "CNY") for channel in CHANNELS} | moved
        for of_channel, summary in summaries.items():
            own = [row for row in rows if (row.channel, row.currency) == of_channel]
            pays = [row for row in own if not row.is_refund]
            refunds = [row for row in own if row.is_refund]
            assert int(summary["pay_count"]) == len(pays)
            assert int(summary["refund_count"]) == len(refunds)
            pay = sum((row.gross_amount for row in pays), Decimal(0))
            refund = sum((row.gross_amount for row in refunds), Decimal(0))
            fee = sum((row.fee_amount for row in pays), Decimal(0))
            fee -= sum((row.fee_amount for row in refunds), Decimal(0))
            assert summary["pay_amount"] == pay
            assert summary["refund_amount"] == refund
            assert summary["fee_amount"] == fee
            assert summary["net_amount"] == pay - refund - fee
            assert (delivered.landing / "channel" / summary["bill_file"]).exists()


def _by_channel(rows: list[Row]) -> dict[tuple[str, str], Row]:
    """Rows by channel and currency, of which each has one."""
    found = {(row["channel"], row["currency"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def test_alipays_trailer_counts_its_rows(delivered: Delivered) -> None:
    day = delivered.days[-1]
    rows = [row for row in bill_rows(delivered, day) if row.channel == "alipay"]
    refunds = sum(row.is_refund for row in rows)
    trailer = bill_lines(delivered.landing, "alipay", day)[-1]
    assert trailer == f"#交易合计：{len(rows) - refunds}笔，退款合计：{refunds}笔"


def test_channels_pay_out_the_next_morning_what_a_summary_says(delivered: Delivered) -> None:
    paid_out = _on_its_day(delivered, "payout", "payout_no", "paid_out_at")
    assert paid_out[delivered.days[0]] == []
    for day, next_day in pairwise(days_that_are_complete(delivered)):
        summaries = _by_channel(delivered.rows["channel_summary"][day])
        payouts = _by_channel(paid_out[next_day])
        assert set(payouts) == set(summaries)
        for of_channel, payout in payouts.items():
            summary = summaries[of_channel]
            assert payout["batch_date"] == day.isoformat()
            assert payout["gross_amount"] == summary["pay_amount"]
            for name in ("refund_amount", "fee_amount", "net_amount", "merchant_no"):
                assert payout[name] == summary[name], name


def _on_its_day(delivered: Delivered, source: str, key: str, moment: str) -> dict[date, list[Row]]:
    """Each row of a change log once, on the day it happened."""
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in delivered.latest(source, key).values():
        by_day[delivered.business_date(row[moment])].append(row)
    return by_day


def test_payouts_and_bank_entries_are_late_now_and_then_and_told_twice(
    delivered: Delivered,
) -> None:
    waited: Counter[int] = Counter()
    copies: Counter[str] = Counter()
    for source, key, moment in (
        ("payout", "payout_no", "paid_out_at"),
        ("bank_statement", "entry_no", "booked_at"),
    ):
        first: dict[str, Row] = {}
        for day, row in delivered.log(source):
            copies[row[key]] += 1
            if first.setdefault(row[key], row) is row:
                waited[(day - delivered.business_date(row[moment])).days] += 1
            else:
                assert row == first[row[key]]
    assert set(waited) <= {0, 1, 2, 3} and waited[0] < waited.total()
    assert set(copies.values()) == {1, 2}


def test_the_bank_credits_every_payout_on_mondays_two_as_one(delivered: Delivered) -> None:
    joined = foreign = 0
    without_reference = 0
    payouts = _on_its_day(delivered, "payout", "payout_no", "paid_out_at")
    booked = _on_its_day(delivered, "bank_statement", "entry_no", "booked_at")
    for day in days_that_are_complete(delivered)[1:]:
        nets = {row["bank_reference"]: Decimal(0) for row in payouts[day]}
        for payout in payouts[day]:
            nets[payout["bank_reference"]] += payout["net_amount"]
        # Sellers are paid under the number of their settlement.
        entries = [row for row in booked[day] if not str(row["bank_reference"]).startswith("S")]
        amounts = sorted(row["amount"] for row in entries)
        assert amounts == sorted(abs(net) for net in nets.values()), day
        for entry in entries:
            assert entry["value_date"] == day.isoformat()
            reference = entry["bank_reference"]
            without_reference += reference is None
            signed = entry["amount"] if entry["direction"] == "in" else -entry["amount"]
            assert reference is None or nets[reference] == signed
        own = [entry for entry in entries if entry["currency"] == "CNY"]
        assert len(own) == (2 if day.isoweekday() == 1 else 3)
        joined += day.isoweekday() == 1
        foreign += len(entries) - len(own)
    assert joined == 1 and foreign > 20
    assert 0 < without_reference < 30
