"""What a report says: of each rule its totals, their trend, and the items that do not agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from warehouse_assets.modeling.execution.finality import Standing

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from warehouse_assets.modeling.execution.finality import DateStanding

TREND_DAYS = 14
UNITS = "XXX"
"""The currency of points and units, which have none (ISO 4217)."""
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Totals:
    """One rule, currency and day in figures. Amounts of items are summed up without signs.

    Attributes:
        rule, day, currency: What they are of; XXX counts points or units.
        items: Items of the day, those of earlier days that were open when it began among them.
        matched: Of these, those whose sides agree.
        new, open, overdue: Items open since this day, at its end, and beyond the rule's term.
        closed: Items that people closed: adjusted or written off.
        left_amount, right_amount: What the two sides come to.
        open_amount, overdue_amount: What is still to be explained, without signs.
        net_open_amount: What is still to be explained, left less right.
    """

    rule: str
    day: date
    currency: str
    items: int
    matched: int
    new: int
    open: int
    overdue: int
    closed: int
    left_amount: Decimal
    right_amount: Decimal
    open_amount: Decimal
    overdue_amount: Decimal
    net_open_amount: Decimal


Item = Mapping[str, Any]
"""A line of a report that stands for one item: the columns of ads_reconciliation_report."""


@dataclass(frozen=True)
class Origin:
    """From what a rule's lines were made; a part that nobody knows any more is None."""

    rule_version: str | None
    publication_id: str | None
    left_table: str | None
    left_snapshot_id: str | None
    right_table: str | None
    right_snapshot_id: str | None


@dataclass(frozen=True)
class RuleReport:
    """A rule's day.

    Attributes:
        rule, title, owner: Its name, what it is about, and who explains its items.
        left, right: Of each side the table, and what it did as a word, such as "paid".
        totals: One for each currency; none where the day has no rows, or no results yet.
        trend: Open items at the end of each of the last 14 days; None: no results of that day.
        items: What does not agree, the largest amounts first; at most as many as asked for.
        item_count: How many there are of these.
        origin: From what it was made; None: the day has no results.
        latest_day: The latest day that has results; None: there is none.
        date_standing: Whether the day is provisional, final or closed for this rule, as of now.
    """

    rule: str
    title: str
    owner: str
    left: tuple[str, str]
    right: tuple[str, str]
    totals: tuple[Totals, ...]
    trend: tuple[int | None, ...]
    items: Sequence[Item]
    item_count: int
    origin: Origin | None
    latest_day: date | None
    date_standing: DateStanding

    @property
    def has_results(self) -> bool:
        """Whether the rule has results of the day."""
        return self.origin is not None

    @property
    def open_count(self) -> int:
        """Open items, of all currencies."""
        return sum(each.open for each in self.totals)


@dataclass(frozen=True)
class Past:
    """Which of the reports on a day it is: number, how many there are, when and by which run."""

    number: int
    count: int
    reported_at: datetime | None
    run_id: str | None


@dataclass(frozen=True)
class DayReport:
    """The report on a business date; `past` None: the day as it is known now.

    `date_standing` says whether the day is provisional, final or closed for the rules that are
    reported, as of now.
    """

    day: date
    rules: tuple[RuleReport, ...]
    date_standing: DateStanding
    past: Past | None = None

    @property
    def is_clean(self) -> bool:
        """Whether every rule has results and no item is open."""
        return all(each.has_results and not each.open_count for each in self.rules)


def known_in_words(report: DayReport, zone: ZoneInfo) -> str:
    """Whether the report is of what is known now, or which of the reports that were made it is."""
    if report.past is None:
        return "As the day is known now."
    past = report.past
    at = past.reported_at.astimezone(zone).isoformat(" ", "seconds") if past.reported_at else "?"
    return (
        f"As it was reported then: report {past.number} of {past.count}, {at}, "
        f"run {past.run_id or '?'}."
    )


def standing_in_words(day: date, found: DateStanding) -> str:
    """Whether the day is provisional, final or closed, and what that means for who reads it."""
    waits = f" It waits for {found.awaited}." if found.awaited else ""
    meaning = {
        Standing.PROVISIONAL: f"rows that come late may still change it.{waits}",
        Standing.FINAL: "all was delivered in which its rows count.",
        Standing.CLOSED: f"the books are closed through it.{waits}",
    }
    return f"{day} is {found.standing}: {meaning[found.standing]}"


def sparkline(values: Sequence[int | None]) -> str:
    """The values as bars from 0 to the largest; a dot where there is none."""
    most = max((value for value in values if value is not None), default=0)
    return "".join(
        "·" if value is None else _BARS[round(value / most * (len(_BARS) - 1)) if most else 0]
        for value in values
    )


def unit(currency: str) -> str:
    """The currency as people write it: nothing of points and units."""
    return "" if currency == UNITS else currency
