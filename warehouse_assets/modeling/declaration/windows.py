"""Which partitions of an input a partition of the output may see.

One declaration drives both what the engine sees and how Dagster maps partitions, so the lineage
graph cannot lie. Dates before the warehouse's first date do not exist and are not asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from resources.lake.model.window import Window

Published = Mapping[date | None, str]
Undated = Literal["left out"]
ShownBy = Literal["event", "delivery", "day"]


@dataclass(frozen=True)
class Visible:
    """Partitions of an input that a run sees: visible date -> stored date; and those it misses.

    `partitions` None: all of the input, whatever its partitions.
    """

    partitions: Mapping[date, date] | None
    missing: tuple[date, ...] = ()


@dataclass(frozen=True)
class ReadWindow:
    """The partitions from `back` days before to `ahead` days after each output partition.

    Args:
        back: Days before; None means from the warehouse's first date.
        ahead: Days after, as far as they are published.
        max_age: Days that the latest earlier partition may stand in for a missing one.
        whole: All partitions, or a table without any.
        latest: Of each key of the input's change log, one version only.
        event_time: Column that dates the versions, in place of the change log's own.
        undated: What becomes of versions without an event time; None: there must be none.
        by: The date that a version is shown under.
        per: Columns of which each value, of each key, has a latest version of its own.
        first: The version that was delivered first, in place of the latest.
        before: Only the days before those of the run: the table's own earlier partitions.
    """

    name: str
    back: int | None = 0
    ahead: int = 0
    max_age: int = 0
    whole: bool = False
    latest: bool = False
    event_time: str | None = None
    undated: Undated | None = None
    by: ShownBy = "event"
    per: tuple[str, ...] = ()
    first: bool = False
    before: bool = False

    @property
    def of_the_run(self) -> bool:
        """Whether rows are seen under the days of the run only, whenever they were delivered."""
        return self.latest and not self.first and self.by != "delivery"

    @property
    def needs_event_time(self) -> bool:
        """Whether the versions are shown under the date of their event."""
        return self.latest and bool(self.ahead) and self.by == "event"

    def shows_all_of(self, other: ReadWindow) -> bool:
        """Whether a run sees by this window each row that it sees by the other; maybe more days."""
        if self == other:
            return True
        # What is the latest version depends on the days that are looked at.
        is_alike = replace(self, name=other.name, back=other.back, ahead=other.ahead) == other
        goes_back = self.back is None or (other.back is not None and self.back >= other.back)
        return is_alike and not self.latest and goes_back and self.ahead >= other.ahead

    def visible(self, window: Window, published: Published, first_date: date) -> Visible:
        """What a run over `window` sees of an input with those published partitions."""
        if self.whole:
            return Visible(None)
        earliest = first_date if self.back is None else window.start - timedelta(days=self.back)
        partitions: dict[date, date] = {}
        missing: list[date] = []
        last = window.start - timedelta(days=1) if self.before else window.last
        begin = max(earliest, first_date)
        for day in Window.of_days(begin, last) if begin <= last else ():
            stored = self._stored(day, published)
            if stored is None:
                missing.append(day)
            else:
                partitions[day] = stored
        for number in range(self.ahead):
            day = window.end + timedelta(days=number)
            if day in published:
                partitions[day] = day
        return Visible(partitions, tuple(missing))

    def _stored(self, day: date, published: Published) -> date | None:
        candidates = (day - timedelta(days=age) for age in range(self.max_age + 1))
        return next((candidate for candidate in candidates if candidate in published), None)


def same_day() -> ReadWindow:
    """The partition of the same business date."""
    return ReadWindow("same_day()")


def trailing(days: int) -> ReadWindow:
    """The `days` partitions that end with the output's own: trailing(days=7) is a week."""
    _at_least_one("trailing", days)
    return ReadWindow(f"trailing(days={days})", back=days - 1)


def following(days: int) -> ReadWindow:
    """The same partition and up to `days` after it, as far as published: rows that arrive late."""
    _at_least_one("following", days)
    return ReadWindow(f"following(days={days})", ahead=days)


def history() -> ReadWindow:
    """Every partition up to and including the output's own, from the first date on."""
    return ReadWindow("history()", back=None)


def as_of_day(max_age_days: int = 0) -> ReadWindow:
    """A dimension as of the day: its latest partition at most `max_age_days` old.

    The rows are seen under the date they stand in for, so a join on `dt` finds them.
    """
    return ReadWindow(f"as_of_day(max_age_days={max_age_days})", max_age=max_age_days)


def earlier(days: int) -> ReadWindow:
    """The table's own partitions of the `days` before: what a run carries on from."""
    _at_least_one("earlier", days)
    return ReadWindow(f"earlier(days={days})", back=days, before=True)


def whole_table() -> ReadWindow:
    """All of the input: the window of tables that have no partitions."""
    return ReadWindow("whole_table()", whole=True)


def latest(
    window: ReadWindow,
    *,
    event_time: str | None = None,
    undated: Undated | None = None,
    by: ShownBy = "event",
    per: Sequence[str] = (),
) -> ReadWindow:
    """Of each thing that a change log tells of, the latest version; the rest is not seen.

    * latest(following(days=3)): on the business date of its event time, as known three days
      later. Versions delivered before that date or after the three days do not count.
    * latest(following(days=3), by="day"): of things without a date of their own, as known three
      days after each day of the run, under that day. What was delivered before it does not count.
    * latest(history()), latest(trailing(days=n)): as of each day of the run, under that day.
    * latest(same_day()), latest(trailing(days=n), by="delivery"): of each day's delivery by
      itself, under the date of the delivery.

    The input declares its key, sequence and event time: table(..., change_log=change_log(...)).

    Args:
        window: The partitions to look at.
        event_time: With following(...), another instant of the input that dates its rows, such as
            "created_at" where "paid_at" is null for payments that failed.
        undated: With following(...), where the event time may be null: "left out" says that rows
            without it are not wanted.
        by: The date that a version is shown under: that of its event, that of its delivery, or
            each "day" of the run.
        per: Further columns: each of their values has a latest version of its own, such as each
            shard that a copy of the row lies in.
    """
    if window.whole or window.max_age or window.latest:
        raise ValueError(f"latest({window.name}): choose following, history, trailing or same_day")
    if (event_time or undated) and not (window.ahead and by == "event"):
        raise ValueError(f"latest({window.name}): event_time and undated go with following(...)")
    if undated not in (None, "left out"):
        raise ValueError(f'latest({window.name}): undated is "left out", or not given')
    if by == "delivery" and (window.ahead or window.back is None):
        raise ValueError(f'latest({window.name}): by="delivery" goes with trailing(...)')
    if by == "day" and not window.ahead:
        raise ValueError(f'latest({window.name}): by="day" goes with following(...)')
    said = [f"event_time={event_time!r}"] if event_time else []
    said += [f"undated={undated!r}"] if undated else []
    said += [f"by={by!r}"] if by != "event" else []
    said += [f"per={tuple(per)!r}"] if per else []
    return replace(
        window,
        name=f"latest({', '.join([window.name, *said])})",
        latest=True,
        event_time=event_time,
        undated=undated,
        by=by,
        per=tuple(per),
    )


def first_delivered(window: ReadWindow) -> ReadWindow:
    """Of each thing that a change log tells of, the version delivered first, under its delivery.

    first_delivered(history()) says since when a thing is known. As of a later day nothing else is
    seen, so that what was computed of earlier days stays.
    """
    if window.back is not None:
        raise ValueError(f"first_delivered({window.name}): only history() has the first delivery")
    return replace(window, name=f"first_delivered({window.name})", latest=True, first=True)


def _at_least_one(window: str, days: int) -> None:
    if days < 1:
        raise ValueError(f"{window}(days={days}): days must be 1 or more")
