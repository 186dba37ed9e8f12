"""What moved on one day, in cents: all that the day's books and the next day's payouts need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar


@dataclass(frozen=True)
class ChannelTotals:
    """The transactions of one channel and day.

    Args:
        pay_count: Payments.
        pay_cents: What they come to.
        refund_count: Refunds.
        refund_cents: What they come to.
        fee_cents: Fees charged for the payments.
        returned_fee_cents: Fees given back for the refunds.
    """

    pay_count: int = 0
    pay_cents: int = 0
    refund_count: int = 0
    refund_cents: int = 0
    fee_cents: int = 0
    returned_fee_cents: int = 0

    @property
    def net_cents(self) -> int:
        """What the channel pays out."""
        return self.pay_cents - self.refund_cents - self.fee_cents + self.returned_fee_cents


@dataclass(frozen=True)
class SettlementTotals:
    """The lines that are settled on one day.

    Args:
        kept_cents: Gross less refunds: what buyers paid for the lines and did not get back.
        subsidy_cents: The platform's share of coupons.
        commission_cents: Commission charged.
    """

    kept_cents: int = 0
    subsidy_cents: int = 0
    commission_cents: int = 0


_Totals = TypeVar("_Totals", ChannelTotals, SettlementTotals)


def _sum(one: _Totals, other: _Totals) -> _Totals:
    mine, others = asdict(one), asdict(other)
    return type(one)(**{name: mine[name] + others[name] for name in mine})


@dataclass(frozen=True)
class DayTotals:
    """Everything that moved on one business date.

    Args:
        channels: Totals by payment method, the wallet's among them: what it pays is topped up
            just before.
        settlement: What was settled.
        adjustments: Debit account, credit account and cents of each manual adjustment.
    """

    channels: Mapping[str, ChannelTotals] = field(default_factory=dict[str, ChannelTotals])
    settlement: SettlementTotals = field(default_factory=SettlementTotals)
    adjustments: Sequence[tuple[str, str, int]] = ()

    def __add__(self, other: DayTotals) -> DayTotals:
        """The totals of two slices of a day."""
        names = sorted({*self.channels, *other.channels})
        return DayTotals(
            {name: _sum(self.of_channel(name), other.of_channel(name)) for name in names},
            _sum(self.settlement, other.settlement),
            [*self.adjustments, *other.adjustments],
        )

    def of_channel(self, channel: str) -> ChannelTotals:
        """A channel's totals; zeros if nothing went through it."""
        return self.channels.get(channel, ChannelTotals())

    def as_json(self) -> dict[str, Any]:
        """As the manifest keeps it."""
        return asdict(self)

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> DayTotals:
        """Back from the manifest.

        Raises:
            TypeError: If a part is missing or unknown; KeyError and ValueError likewise.
        """
        channels: Mapping[str, Mapping[str, int]] = content["channels"]
        adjustments: Iterable[Sequence[Any]] = content["adjustments"]
        return DayTotals(
            {name: ChannelTotals(**totals) for name, totals in channels.items()},
            SettlementTotals(**content["settlement"]),
            [(str(debit), str(credit), int(cents)) for debit, credit, cents in adjustments],
        )
