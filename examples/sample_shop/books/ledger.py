"""The general ledger: which accounts a day's totals are posted to, and the balances they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from examples.sample_shop.books.channels import CHANNEL_NAMES, CURRENCIES, CURRENCY, WALLET
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

Account = tuple[str, str]
"""An account's code, and the currency that is kept on it."""
Movement = tuple[Account, int]
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
    for currency in CURRENCIES:
        yield from _movements_in(currency, day, day_before, two_days_before)
    for debit_account, credit_account, cents in day.adjustments:
        yield from _entry(debit_account, credit_account, CURRENCY, cents)


def _movements_in(
    currency: str, day: DayTotals, day_before: DayTotals, two_days_before: DayTotals
) -> Iterator[Movement]:
    entry = partial(_entry, currency=currency)
    for channel in CHANNEL_NAMES:
        totals = day.of_channel(channel, currency)
        net_cents = day_before.of_bill(channel, currency).net_cents
        yield from entry(CHANNEL_RECEIVABLE, SALES_CLEARING, cents=totals.pay_cents)
        refunded_cents = totals.refund_cents - totals.chargeback_cents
        yield from entry(SALES_CLEARING, CHANNEL_RECEIVABLE, cents=refunded_cents)
        # The seller keeps its money; the platform claims what was charged back from the buyer.
        yield from entry(BUYER_RECEIVABLE, CHANNEL_RECEIVABLE, cents=totals.chargeback_cents)
        yield from entry(CHANNEL_FEE_EXPENSE, CHANNEL_RECEIVABLE, cents=totals.fee_cents)
        yield from entry(CHANNEL_RECEIVABLE, CHANNEL_FEE_EXPENSE, cents=totals.returned_fee_cents)
        yield from entry(BANK, CHANNEL_RECEIVABLE, cents=net_cents)
    wallet = day.of_channel(WALLET, currency)
    yield from entry(BANK, WALLET_LIABILITY, cents=wallet.pay_cents)
    yield from entry(WALLET_LIABILITY, SALES_CLEARING, cents=wallet.pay_cents)
    yield from entry(SALES_CLEARING, WALLET_LIABILITY, cents=wallet.refund_cents)
    # What a wallet gets back is withdrawn at once.
    yield from entry(WALLET_LIABILITY, BANK, cents=wallet.refund_cents)
    settled = day.of_settlement(currency)
    yield from entry(SALES_CLEARING, SELLER_PAYABLE, cents=settled.kept_cents)
    yield from entry(SELLER_PAYABLE, COMMISSION_INCOME, cents=settled.commission_cents)
    yield from entry(COUPON_EXPENSE, SELLER_PAYABLE, cents=settled.subsidy_cents)
    paid_cents = day_before.of_settlement(currency).paid_next_day_cents
    paid_cents += two_days_before.of_settlement(currency).paid_later_cents
    yield from entry(SELLER_PAYABLE, BANK, cents=paid_cents)


def _entry(
    debit_account: str, credit_account: str, currency: str, cents: int
) -> Iterator[Movement]:
    yield (debit_account, currency), cents
    yield (credit_account, currency), -cents


def balances(days: Sequence[DayTotals]) -> Mapping[Account, Balance]:
    """Every account on the last of the days, which begin with the shop's first."""
    accounts: dict[Account, Balance] = {
        account: Balance(0) for account in product(ACCOUNTS, CURRENCIES)
    }
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
    currency,
    amount(opening_cents) AS opening_amount,
    amount(debit_cents) AS debit_amount,
    amount(credit_cents) AS credit_amount,
    amount(opening_cents + debit_cents - credit_cents) AS closing_amount,
    instant(day_start + day_seconds - 1) AS updated_at
FROM account_balance, delivery_day
ORDER BY account_code, currency
"""
