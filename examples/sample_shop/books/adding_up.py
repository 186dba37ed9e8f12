"""Adds up what moved: on a day from what its slices left, on days long past from their orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from examples.sample_shop.books.adjustments import ADJUSTED_AMOUNTS
from examples.sample_shop.day_totals import ChannelTotals, DayTotals, SettlementTotals

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


def adjustment_totals(cursor: DuckDBPyConnection) -> DayTotals:
    """What people adjusted on the day that the cursor is told."""
    return DayTotals(adjustments=cursor.execute(ADJUSTED_AMOUNTS).fetchall())


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
