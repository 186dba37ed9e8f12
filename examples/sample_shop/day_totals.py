"""What moved on one day, in cents: all that the day's books and the next day's payouts need.

A day that is delivered is added up from what its slices left, a day long past from its orders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class ChannelTotals:
    """The transactions of one channel and day; a refund gives its fee back."""

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

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> DayTotals:
        """Back from the manifest, which keeps it `asdict`.

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


Totals = Mapping[date, DayTotals]

# Each with the day as an index, counted from the opening.
_COLLECTED_MOVEMENTS = """
SELECT
    day_index, channel, outward_refund_no IS NULL,
    count(*), sum(gross_cents)::BIGINT, sum(fee_cents)::BIGINT
FROM money_movement, delivery_day
WHERE NOT is_postponed
GROUP BY ALL
"""
_COLLECTED_SETTLEMENTS = """
SELECT
    day_index, sum(gross_cents - refund_cents)::BIGINT, sum(subsidy_cents)::BIGINT,
    sum(commission_cents)::BIGINT
FROM seller_settled, delivery_day
GROUP BY ALL
"""
_PAST_MOVEMENTS = """
SELECT
    day_index + closed_age, payment_method, is_payment,
    count(*), sum(cents)::BIGINT, sum(contract_fee_cents(payment_method, cents))::BIGINT
FROM (
    SELECT day_index, closed_age, payment_method, true AS is_payment, paid_cents AS cents
    FROM payment_life
    WHERE is_captured
    UNION ALL
    SELECT day_index, closed_age, payment_method, false, refund_cents
    FROM refund_life
    WHERE is_succeeded
)
GROUP BY ALL
"""
_PAST_SETTLEMENTS = """
SELECT
    l.day_index + 7, sum(pay_cents - refunded_cents)::BIGINT, sum(platform_cents)::BIGINT,
    sum(commission_cents(
        pay_cents, basis_points_of(s.catalogue_key, category_id, l.day_index)
    ))::BIGINT
FROM line_life AS l, shop AS s
WHERE delivered_at IS NOT NULL
GROUP BY ALL
"""


def collected_totals(cursor: DuckDBPyConnection, first_date: date) -> Totals:
    """What moved on the day whose slices have left their transactions and settlements."""
    return _totals(cursor, first_date, _COLLECTED_MOVEMENTS, _COLLECTED_SETTLEMENTS)


def past_totals(cursor: DuckDBPyConnection, first_date: date) -> Totals:
    """What the cursor's slice of orders moved, on whichever day."""
    return _totals(cursor, first_date, _PAST_MOVEMENTS, _PAST_SETTLEMENTS)


def summed(parts: Iterable[Totals]) -> Totals:
    """The totals of all parts, day by day."""
    totals: dict[date, DayTotals] = defaultdict(DayTotals)
    for part in parts:
        for day, of in part.items():
            totals[day] += of
    return totals


def _totals(
    cursor: DuckDBPyConnection, first_date: date, movements: str, settlements: str
) -> Totals:
    parts: list[Totals] = []
    for index, channel, is_payment, count, cents, fee in cursor.execute(movements).fetchall():
        moved = (
            ChannelTotals(pay_count=count, pay_cents=cents, fee_cents=fee)
            if is_payment
            else ChannelTotals(refund_count=count, refund_cents=cents, returned_fee_cents=fee)
        )
        parts.append({first_date + timedelta(days=index): DayTotals({channel: moved})})
    for index, *sums in cursor.execute(settlements).fetchall():
        settled = DayTotals(settlement=SettlementTotals(*sums))
        parts.append({first_date + timedelta(days=index): settled})
    return summed(parts)
