"""The general ledger: which accounts a day's totals are posted to, and the balances they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from examples.sample_shop.books.channels import CHANNEL_NAMES, WALLET
from examples.sample_shop.day_totals import DayTotals

BANK = "1002"
CHANNEL_RECEIVABLE = "1012"
BUYER_RECEIVABLE = "1122"
SELLER_PAYABLE = "2202"
WALLET_LIABILITY = "2203"
SALES_CLEARING = "2205"
COMMISSION_INCOME = "6001"
CHANNEL_FEE_EXPENSE = "6601"
COUPON_EXPENSE = "6602"
SUSPENSE = "9999"

ACCOUNTS = (
    BANK, CHANNEL_RECEIVABLE, BUYER_RECEIVABLE, SELLER_PAYABLE, WALLET_LIABILITY, SALES_CLEARING,
    COMMISSION_INCOME, CHANNEL_FEE_EXPENSE, COUPON_EXPENSE, SUSPENSE,
)  # fmt: skip

Movement = tuple[str, int]
"""An account and the cents that are debited to it; credited if negative."""


@dataclass(frozen=True)
class Balance:
    """An account on one day, in cents; a debit balance is positive."""

    opening: int
    debit: int = 0
    credit: int = 0

    @property
    def closing(self) -> int:
        """The balance at the end of the day."""
        return self.opening + self.debit - self.credit


def movements(
    day: DayTotals, day_before: DayTotals, two_days_before: DayTotals
) -> Iterator[Movement]:
    """What a day's totals move.

    Channels pay out what was paid the day before, sellers are paid what was settled on one of the
    two days before.
    """
    for channel in CHANNEL_NAMES:
        totals = day.of_channel(channel)
        yield from _entry(CHANNEL_RECEIVABLE, SALES_CLEARING, totals.pay_cents)
        yield from _entry(SALES_CLEARING, CHANNEL_RECEIVABLE, totals.refund_cents)
        yield from _entry(CHANNEL_FEE_EXPENSE, CHANNEL_RECEIVABLE, totals.fee_cents)
        yield from _entry(CHANNEL_RECEIVABLE, CHANNEL_FEE_EXPENSE, totals.returned_fee_cents)
        yield from _entry(BANK, CHANNEL_RECEIVABLE, day_before.of_channel(channel).net_cents)
    wallet = day.of_channel(WALLET)
    yield from _entry(BANK, WALLET_LIABILITY, wallet.pay_cents)
    yield from _entry(WALLET_LIABILITY, SALES_CLEARING, wallet.pay_cents)
    yield from _entry(SALES_CLEARING, WALLET_LIABILITY, wallet.refund_cents)
    # What a wallet gets back is withdrawn at once.
    yield from _entry(WALLET_LIABILITY, BANK, wallet.refund_cents)
    yield from _entry(SALES_CLEARING, SELLER_PAYABLE, day.settlement.kept_cents)
    yield from _entry(SELLER_PAYABLE, COMMISSION_INCOME, day.settlement.commission_cents)
    yield from _entry(COUPON_EXPENSE, SELLER_PAYABLE, day.settlement.subsidy_cents)
    yield from _entry(SELLER_PAYABLE, BANK, day_before.settlement.paid_next_day_cents)
    yield from _entry(SELLER_PAYABLE, BANK, two_days_before.settlement.paid_later_cents)
    for debit_account, credit_account, cents in day.adjustments:
        yield from _entry(debit_account, credit_account, cents)


def _entry(debit_account: str, credit_account: str, cents: int) -> Iterator[Movement]:
    yield debit_account, cents
    yield credit_account, -cents


def balances(days: Sequence[DayTotals]) -> Mapping[str, Balance]:
    """Every account on the last of the days, which begin with the shop's first."""
    accounts = {account: Balance(0) for account in ACCOUNTS}
    day_before = two_days_before = DayTotals()
    for day in days:
        accounts = {account: Balance(of.closing) for account, of in accounts.items()}
        for account, cents in movements(day, day_before, two_days_before):
            of = accounts[account]
            accounts[account] = (
                replace(of, debit=of.debit + cents)
                if cents > 0
                else replace(of, credit=of.credit - cents)
            )
        two_days_before, day_before = day_before, day
    return accounts


LEDGER_BALANCES = """
SELECT
    account_code,
    'CNY' AS currency,
    amount(opening_cents) AS opening_amount,
    amount(debit_cents) AS debit_amount,
    amount(credit_cents) AS credit_amount,
    amount(opening_cents + debit_cents - credit_cents) AS closing_amount,
    instant(day_start + day_seconds - 1) AS updated_at
FROM account_balance, delivery_day
ORDER BY account_code
"""
