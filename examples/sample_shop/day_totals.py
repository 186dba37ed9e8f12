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
    """The transactions of one channel and day; a refund gives its fee back.

    What is charged back is refunded, too: `chargeback_cents` are a part of `refund_cents`.
    """

    pay_count: int = 0
    pay_cents: int = 0
    refund_count: int = 0
    refund_cents: int = 0
    fee_cents: int = 0
    returned_fee_cents: int = 0
    chargeback_cents: int = 0

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
        paid_next_day_cents: What sellers are paid of it on the next day.
        paid_later_cents: What they are paid of it on the day after that.
    """

    kept_cents: int = 0
    subsidy_cents: int = 0
    commission_cents: int = 0
    paid_next_day_cents: int = 0
    paid_later_cents: int = 0


_Totals = TypeVar("_Totals", ChannelTotals, SettlementTotals)


def _sum(
    some: Mapping[str, _Totals], others: Mapping[str, _Totals], nothing: _Totals
) -> dict[str, _Totals]:
    summed_up: dict[str, _Totals] = {}
    for name in sorted({*some, *others}):
        one, other = asdict(some.get(name, nothing)), asdict(others.get(name, nothing))
        summed_up[name] = type(nothing)(**{part: one[part] + other[part] for part in one})
    return summed_up


@dataclass(frozen=True)
class DayTotals:
    """Everything that moved on one business date.

    Args:
        channels: What moved, by payment method and currency, the wallet among them: what it pays
            is topped up just before.
        bills: What stands on the day's bills, by channel and currency: a few transactions are
            billed a day after they moved money.
        settlements: What was settled, by currency.
        adjustments: Debit account, credit account and cents of each manual adjustment.
    """

    channels: Mapping[str, ChannelTotals] = field(default_factory=dict[str, ChannelTotals])
    bills: Mapping[str, ChannelTotals] = field(default_factory=dict[str, ChannelTotals])
    settlements: Mapping[str, SettlementTotals] = field(default_factory=dict[str, SettlementTotals])
    adjustments: Sequence[tuple[str, str, int]] = ()

    def __add__(self, other: DayTotals) -> DayTotals:
        """The totals of two slices of a day."""
        return DayTotals(
            _sum(self.channels, other.channels, ChannelTotals()),
            _sum(self.bills, other.bills, ChannelTotals()),
            _sum(self.settlements, other.settlements, SettlementTotals()),
            [*self.adjustments, *other.adjustments],
        )

    def of_channel(self, channel: str, currency: str) -> ChannelTotals:
        """What went through a channel; zeros if nothing did."""
        return self.channels.get(_named(channel, currency), ChannelTotals())

    def of_bill(self, channel: str, currency: str) -> ChannelTotals:
        """What a channel billed; zeros if nothing."""
        return self.bills.get(_named(channel, currency), ChannelTotals())

    def of_settlement(self, currency: str) -> SettlementTotals:
        """What was settled; zeros if nothing was."""
        return self.settlements.get(currency, SettlementTotals())

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> DayTotals:
        """Back from the manifest, which keeps it `asdict`.

        Raises:
            TypeError: If a part is missing or unknown; KeyError and ValueError likewise.
        """
        parts: Mapping[str, Mapping[str, Mapping[str, int]]] = content
        adjustments: Iterable[Sequence[Any]] = content["adjustments"]
        return DayTotals(
            {name: ChannelTotals(**totals) for name, totals in parts["channels"].items()},
            {name: ChannelTotals(**totals) for name, totals in parts["bills"].items()},
            {name: SettlementTotals(**totals) for name, totals in parts["settlements"].items()},
            [(str(debit), str(credit), int(cents)) for debit, credit, cents in adjustments],
        )


def _named(channel: str, currency: str) -> str:
    return f"{channel} {currency}"


Totals = Mapping[date, DayTotals]

# Each with the day as an index, counted from the opening.
_COLLECTED_MOVEMENTS = """
SELECT
    day_index, is_bill, channel, currency, movement_type,
    count(*), sum(gross_cents)::BIGINT, sum(fee_cents)::BIGINT
FROM (
    SELECT *, false AS is_bill FROM money_movement WHERE is_moved
    UNION ALL
    SELECT *, true FROM money_movement WHERE is_billed
), delivery_day
GROUP BY ALL
"""
_SETTLEMENTS = """
SELECT
    day_index + 7, currency, sum(kept_cents)::BIGINT, sum(subsidy_cents)::BIGINT,
    sum(commission_cents)::BIGINT,
    coalesce(sum(paid_cents) FILTER (paid_age = 8), 0)::BIGINT,
    coalesce(sum(paid_cents) FILTER (paid_age > 8), 0)::BIGINT
FROM (
    SELECT
        *,
        seller_paid_age(settlement_key(seller_id, day_index, currency)) AS paid_age,
        greatest(kept_cents + subsidy_cents - commission_cents, 0) AS paid_cents
    FROM (
        SELECT
            day_index, seller_id, currency,
            sum(gross_cents - refund_cents)::BIGINT AS kept_cents,
            sum(subsidy_cents)::BIGINT AS subsidy_cents,
            sum(commission_cents)::BIGINT AS commission_cents
        FROM {relation}
        GROUP BY ALL
    )
)
GROUP BY ALL
"""
_PAST_MOVEMENTS = """
SELECT
    day_index + age, is_bill, payment_method, currency, movement_type,
    count(*), sum(cents)::BIGINT, sum(contract_fee_cents(payment_method, cents))::BIGINT
FROM (
    SELECT
        * EXCLUDE (ages),
        unnest(ages) AS age,
        unnest([false, true]) AS is_bill
    FROM (
        SELECT
            day_index, payment_method, currency, 'payment' AS movement_type, paid_cents AS cents,
            [closed_age, billed_age(closed_age, payment_key)] AS ages
        FROM payment_life
        WHERE is_captured
        UNION ALL
        SELECT
            day_index, payment_method, currency,
            CASE refund_type WHEN 'chargeback' THEN 'chargeback' ELSE 'refund' END, refund_cents,
            [closed_age, billed_age(closed_age, refund_key)]
        FROM refund_life
        WHERE is_succeeded
    )
)
GROUP BY ALL
"""
# What a seller is paid is known once the lines of all slices are added up.
PAST_SETTLEMENTS = """
CREATE TABLE past_settled (
    day_index INTEGER, seller_id BIGINT, currency VARCHAR, gross_cents BIGINT, refund_cents BIGINT,
    subsidy_cents BIGINT, commission_cents BIGINT
);
"""
_KEEP_PAST_SETTLEMENTS = """
INSERT INTO past_settled
SELECT
    l.day_index, seller_id, currency, sum(pay_cents), sum(refunded_cents), sum(platform_cents),
    sum(commission_cents(pay_cents, basis_points_of(s.catalogue_key, category_id, l.day_index)))
FROM line_life AS l, shop AS s
WHERE delivered_at IS NOT NULL
GROUP BY ALL
"""


def collected_totals(cursor: DuckDBPyConnection, first_date: date) -> Totals:
    """What moved on the day whose slices have left their transactions and settlements."""
    return summed([_moved(cursor, first_date, _COLLECTED_MOVEMENTS), _settled(cursor, first_date)])


def past_totals(cursor: DuckDBPyConnection, first_date: date) -> Totals:
    """What the cursor's slice of orders moved, on whichever day; what it settled is kept aside."""
    cursor.execute(_KEEP_PAST_SETTLEMENTS)
    return _moved(cursor, first_date, _PAST_MOVEMENTS)


def past_settlement_totals(connection: DuckDBPyConnection, first_date: date) -> Totals:
    """What all slices settled that past_totals() was asked for, on whichever day."""
    totals = _settled(connection, first_date, "past_settled")
    connection.execute("DELETE FROM past_settled")
    return totals


def summed(parts: Iterable[Totals]) -> Totals:
    """The totals of all parts, day by day."""
    totals: dict[date, DayTotals] = defaultdict(DayTotals)
    for part in parts:
        for day, of in part.items():
            totals[day] += of
    return totals


def _moved(cursor: DuckDBPyConnection, first_date: date, movements: str) -> Totals:
    parts: list[Totals] = []
    for index, is_bill, channel, currency, kind, count, cents, fee in cursor.execute(
        movements
    ).fetchall():
        moved = (
            ChannelTotals(pay_count=count, pay_cents=cents, fee_cents=fee)
            if kind == "payment"
            else ChannelTotals(
                refund_count=count,
                refund_cents=cents,
                returned_fee_cents=fee,
                chargeback_cents=cents if kind == "chargeback" else 0,
            )
        )
        named = {_named(channel, currency): moved}
        totals = DayTotals(bills=named) if is_bill else DayTotals(channels=named)
        parts.append({first_date + timedelta(days=index): totals})
    return summed(parts)


def _settled(
    cursor: DuckDBPyConnection, first_date: date, relation: str = "seller_settled"
) -> Totals:
    rows = cursor.execute(_SETTLEMENTS.format(relation=relation)).fetchall()
    return summed(
        {first_date + timedelta(days=index): DayTotals(settlements={currency: of})}
        for index, currency, *sums in rows
        for of in [SettlementTotals(*sums)]
    )
