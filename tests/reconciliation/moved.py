"""How far each injected error moves the sums that rules compare: the left less the right.

The truth tells each row as it should be and as it is. So it is known to the cent what is wrong with
the sum that the row belongs to, and in which of its figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from examples.sample_shop.books import ledger
from examples.sample_shop.books.channels import WALLET
from examples.sample_shop.errors.truth import InjectedError

Group = tuple[str, ...]
"""What one sum is of: its file, batch or account, its day and its currency."""
Figures = tuple[Decimal, ...]
"""The figures of a sum, in the order in which its rule compares them."""
Moves = Iterator[tuple[Group, Figures]]

_ZONE = ZoneInfo("Asia/Shanghai")
_Row = Mapping[str, str | None]


def moves(rule: str, error: InjectedError) -> Moves:
    """The sums of a rule that an error moves, each with how far.

    Figures: of rec_bill_summary net, count, paid, refunded and fee; of rec_bill_payout net and fee;
    of rec_journal_ledger the balance.
    """
    if rule == "rec_bill_summary":
        yield from _moved_summaries(error)
    elif rule == "rec_bill_payout":
        yield from _moved_payouts(error)
    else:
        for account, currency, day, amount in _moved_balances(error):
            yield (account, currency, day.isoformat()), (amount,)


def _moved_summaries(error: InjectedError) -> Moves:
    if error.source == "channel/summary":
        channel = str(error.keys["channel"])
        for row, sign in _rows(error):
            # The summary is the right side.
            paid, net = (-sign * _amount(row, name) for name in ("pay_amount", "net_amount"))
            figures = (net, Decimal(0), paid, Decimal(0), Decimal(0))
            yield (channel, error.day.isoformat(), str(row["currency"])), figures
        return
    for row, sign in _bill_rows(error):
        gross, fee = sign * _amount(row, "gross_amount"), sign * _amount(row, "fee_amount")
        is_refund = _is_refund(error)
        figures = (
            fee - gross if is_refund else gross - fee,
            Decimal(sign),
            Decimal(0) if is_refund else gross,
            gross if is_refund else Decimal(0),
            -fee if is_refund else fee,
        )
        yield (_channel(error), error.day.isoformat(), str(row["currency"])), figures


def _moved_payouts(error: InjectedError) -> Moves:
    if error.source == "payment_center/payout":
        batch = str(error.keys["settlement_batch"]).removeprefix("SB")
        day = date.fromisoformat(batch[:8])
        for row, sign in _rows(error):
            channel = batch[9:].removesuffix(f"-{row['currency']}")
            # The payout is the right side.
            net, fee = (-sign * _amount(row, name) for name in ("net_amount", "fee_amount"))
            yield (channel, day.isoformat(), str(row["currency"])), (net, fee)
        return
    for row, sign in _bill_rows(error):
        gross, fee = sign * _amount(row, "gross_amount"), sign * _amount(row, "fee_amount")
        figures = (fee - gross, -fee) if _is_refund(error) else (gross - fee, fee)
        yield (_channel(error), error.day.isoformat(), str(row["currency"])), figures


def _moved_balances(error: InjectedError) -> Iterator[tuple[str, str, date, Decimal]]:
    """Account, currency, day and how far the journal's balance moves against the ledger's."""
    if error.source == "finance/ledger_balance":
        account, currency = str(error.keys["account_code"]), str(error.keys["currency"])
        for row, sign in _rows(error):
            # The balance of the next day is right again.
            moved = sign * _amount(row, "closing_amount")
            yield account, currency, error.day, -moved
            yield account, currency, error.day + timedelta(days=1), moved
        return
    counted = _bill_rows(error) if error.source.startswith("channel/") else _rows(error)
    for row, sign in counted:
        debit, credit, day, amount = _posting(error, row)
        yield debit, str(row["currency"]), day, sign * amount
        yield credit, str(row["currency"]), day, -sign * amount


def _posting(error: InjectedError, row: _Row) -> tuple[str, str, date, Decimal]:
    """The accounts that a row is debited and credited to, the day, and the amount."""
    paid_by = ledger.CHANNEL_RECEIVABLE
    if row.get("payment_method") == WALLET:
        paid_by = ledger.WALLET_LIABILITY
    match error.source:
        case "payment_center/payment":
            return paid_by, ledger.SALES_CLEARING, _day(row, "paid_at"), _amount(row, "paid_amount")
        case "payment_center/refund":
            is_claimed = row["refund_type"] == "chargeback"
            owed_by = ledger.BUYER_RECEIVABLE if is_claimed else ledger.SALES_CLEARING
            return owed_by, paid_by, _day(row, "refunded_at"), _amount(row, "refund_amount")
        case "payment_center/payout":
            day = _day(row, "paid_out_at")
            return ledger.BANK, ledger.CHANNEL_RECEIVABLE, day, _amount(row, "net_amount")
        case "bank/statement":
            day = _day(row, "booked_at")
            return ledger.SELLER_PAYABLE, ledger.BANK, day, _amount(row, "amount")
        case "merchant_center/settlement_item":
            day, amount = _day(row, "settled_at"), _amount(row, "commission_amount")
            return ledger.SELLER_PAYABLE, ledger.COMMISSION_INCOME, day, amount
        case _:
            fee = _amount(row, "fee_amount") * (-1 if _is_refund(error) else 1)
            # A bill tells times of the shop's zone.
            day = datetime.fromisoformat(str(row["transaction_at"])).date()
            return ledger.CHANNEL_FEE_EXPENSE, ledger.CHANNEL_RECEIVABLE, day, fee


def _rows(error: InjectedError) -> Iterator[tuple[_Row, int]]:
    """The row that should be there, which lacks, and the one that is there."""
    if error.expected_row is not None:
        yield error.expected_row, -1
    if error.given_row is not None:
        yield error.given_row, 1


def _bill_rows(error: InjectedError) -> Iterator[tuple[_Row, int]]:
    """Those of a bill that count: a transaction that failed moves no money."""
    for row, sign in _rows(error):
        if error.kind != "bill_status" or row is error.expected_row:
            yield row, sign


def _channel(error: InjectedError) -> str:
    return error.source.removeprefix("channel/")


def _is_refund(error: InjectedError) -> bool:
    return error.keys["outward_refund_no"] is not None


def _amount(row: _Row, name: str) -> Decimal:
    return Decimal(str(row[name]))


def _day(row: _Row, name: str) -> date:
    """The business date of an instant, which is in UTC where it says no other."""
    instant = datetime.fromisoformat(str(row[name]))
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(_ZONE).date()
