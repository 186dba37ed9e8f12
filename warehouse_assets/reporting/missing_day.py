"""What is said of a day on which there is no report: whether and how it can be made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from resources.errors import InputMissing

if TYPE_CHECKING:
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings

REPORTS = "ads_reconciliation_report"


def no_results(
    day: date, snapshots: Mapping[str, TableSnapshot], settings: Settings
) -> InputMissing:
    """The error that no rule of these has results of the day, with what can be done."""
    days = sorted({each for snapshot in snapshots.values() for each in snapshot.days})
    [only, *others] = snapshots
    says = "no reconciliation has results" if others else f"{only} has no results"
    there = f"There are results of {days[0]} to {days[-1]}. " if days else ""
    step = _make(f"+{REPORTS if others else only}", day, settings)
    return InputMissing(f"{says} of {day}", f"{there}{step}")


def not_reported(day: date, snapshot: TableSnapshot, settings: Settings) -> InputMissing:
    """The error that there is no report on the day, with what can be done."""
    days = snapshot.days
    there = f"There are reports on {days[0]} to {days[-1]}. " if days else ""
    return InputMissing(
        f"{day} was never reported: {REPORTS} has no such partition",
        f"{there}{_make(f'+{REPORTS}', day, settings)}",
    )


def _make(tables: str, day: date, settings: Settings) -> str:
    """How to make a day that is not there; or that it cannot be made."""
    first, last = settings.first_date, settings.last_complete_date()
    if first <= day <= last:
        return f"To make it: ledgerlake materialize {tables} --partition {day}."
    return f"Give a day that is over, and in the lake: {first} to {last}."
