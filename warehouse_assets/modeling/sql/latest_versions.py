"""What latest() shows of a change log: of each key the one version that counts, and nothing else.

The only place that says which version is the latest, or the first. The rows are ranked, not
grouped: the engine spills a ranking to disk, and holds an aggregate of whole rows in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.identifiers import quoted
from warehouse_assets.modeling.declaration.change_log import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from resources.lake.model.window import Window
    from warehouse_assets.modeling.declaration.change_log import ChangeLog
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.windows import ReadWindow

# Not to be mistaken for a column of a contract, which has no spaces in its name.
_DAY = '"shown under"'
_RANK = '"rank of version"'
_BEST = '"best rank before"'
_UNTIL = '"superseded on"'


def shown_rows(source: Table, reads: ReadWindow, relation: str, window: Window | None) -> str:
    """A SELECT of what a run over `window` sees of an input.

    Args:
        source: The input; its columns, and how its versions are told apart.
        reads: The window it is read with; without latest() the relation is what is seen.
        relation: A SELECT of the input's columns, cut to the partitions of `reads`.
        window: The run's; None for a table without partitions, which reads no latest().
    """
    log = source.change_log
    if not reads.latest or log is None or window is None:
        return relation
    versions = _Versions(source, log, relation, window, reads.per)
    if reads.first:
        return versions.first_delivered()
    if reads.ahead and reads.by == "day":
        return versions.as_known_later(reads.ahead)
    if reads.ahead:
        return versions.by_event(str(reads.event_time or log.event_time), reads.ahead)
    if reads.back == 0 or reads.by == "delivery":
        return versions.by_delivery()
    if len(window) == 1:
        return versions.as_of_one_day()
    return versions.as_of_each_day(reads.back)


def latest_first(source: Table, log: ChangeLog) -> str:
    """ORDER BY terms over rows called `version`: the one that counts comes first of its key."""
    return ", ".join(f"{term} DESC" for term in order_terms(version_order(source, log), _of))


def version_order(source: Table, log: ChangeLog) -> list[str]:
    """The columns that say which of two versions is newer, the most telling first."""
    delivered = [column.spec.name for column in source.columns if column.role.delivered]
    return [*log.sequences, str(source.partition_column), *delivered]


def order_terms(names: Sequence[str], reference: Callable[[str], str]) -> list[str]:
    """The SQL values that are compared for those columns, one after the other.

    Files follow one another as people count: part_10 was written after part_9.

    Args:
        names: Columns, as `version_order()` gives them.
        reference: From a column's name to the SQL that refers to it.
    """
    # The audit's modules bring numpy, which declaring a table does not need.
    from resources.lake.audit.equal_versions import counted_name

    terms: list[str] = []
    for name in names:
        if name == FILE:
            terms.append(counted_name(reference(name)))
        terms.append(reference(name))
    return terms


class _Versions:
    """One change log as one run reads it."""

    def __init__(
        self, source: Table, log: ChangeLog, relation: str, window: Window, per: Sequence[str]
    ) -> None:
        self._relation = f"({relation})"
        self._columns = [column.spec.name for column in source.columns]
        self._key = [_of(name) for name in (*log.key, *per)]
        self._partition = str(source.partition_column)
        self._dt = _of(self._partition)
        self._latest_first = latest_first(source, log)
        self._oldest_first = ", ".join(order_terms(version_order(source, log), _of))
        self._start, self._end = f"DATE '{window.start}'", f"DATE '{window.end}'"

    def by_delivery(self) -> str:
        """The latest version in each delivery, under the delivery's date."""
        return self._latest(self._relation, self._dt, (self._dt,))

    def first_delivered(self) -> str:
        """The version of the first delivery, under the delivery's date."""
        order = f"{self._dt}, {self._oldest_first}"
        return self._best(self._relation, self._dt, order=order)

    def as_known_later(self, days: int) -> str:
        """The latest version delivered from each day until `days` after it, under that day."""
        first = f"greatest({self._dt} - {days}, {self._start})"
        shown = f"range({first}, least({self._dt} + 1, {self._end}), INTERVAL 1 DAY)"
        return self._latest(self._on_days(self._relation, shown), _DAY, (_DAY,))

    def by_event(self, event_time: str, days: int) -> str:
        """The latest version delivered until `days` after the date of its event, on that date."""
        dated = f"(SELECT *, business_date({quoted(event_time)}) AS {_DAY} FROM {self._relation})"
        timely = (
            f"(SELECT * FROM {dated} AS version "
            f"WHERE {_DAY} >= {self._start} AND {_DAY} < {self._end} "
            f"AND {self._dt} >= {_DAY} AND {self._dt} <= {_DAY} + {days})"
        )
        return self._latest(timely, _DAY, (_DAY,))

    def as_of_one_day(self) -> str:
        """The latest version there is at the end of the window's only day."""
        return self._latest(self._relation, self._start)

    def as_of_each_day(self, back: int | None) -> str:
        """The latest version as of each day; `back` days may lie between it and its delivery."""
        if back is None:
            return self._known_ever_since()
        last = f"least({self._dt} + {back + 1}, {self._end})"
        return self._latest(self._spread(self._relation, last), _DAY, (_DAY,))

    def _known_ever_since(self) -> str:
        """Each version from the day it became the latest to the day another did.

        The rows are ranked before they are spread over the days, of which there may be many.
        """
        of_key = f"PARTITION BY {', '.join(self._key)} ORDER BY"
        known = self._latest(self._relation, self._dt, (f"greatest({self._dt}, {self._start})",))
        ranked = (
            f"(SELECT *, row_number() OVER ({of_key} {self._oldest_first}) AS {_RANK} "
            f"FROM ({known}) AS version)"
        )
        compared = (
            f"(SELECT *, max({_RANK}) OVER ({of_key} {self._dt} "
            f"ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS {_BEST} "
            f"FROM {ranked} AS version)"
        )
        lasting = (
            f"(SELECT *, lead({self._dt}, 1, {self._end}) OVER ({of_key} {self._dt}) AS {_UNTIL} "
            f"FROM {compared} AS version WHERE {_BEST} IS NULL OR {_RANK} > {_BEST})"
        )
        return self._shown(self._spread(lasting, _UNTIL), _DAY)

    def _spread(self, relation: str, end: str) -> str:
        """Each row once for each day of the window from its own date up to `end`."""
        days = f"range(greatest({self._dt}, {self._start}), {end}, INTERVAL 1 DAY)"
        return self._on_days(relation, days)

    def _on_days(self, relation: str, days: str) -> str:
        return f"(SELECT *, CAST(unnest({days}) AS DATE) AS {_DAY} FROM {relation} AS version)"

    def _latest(self, relation: str, day: str, groups: Sequence[str] = ()) -> str:
        """Of each key, and in each group, the latest row, under the date `day`."""
        return self._best(relation, day, groups, order=self._latest_first)

    def _best(self, relation: str, day: str, groups: Sequence[str] = (), *, order: str) -> str:
        """Of each key, and in each group, the row that comes first in that order."""
        return (
            f"{self._shown(relation, day)} QUALIFY row_number() OVER ("
            f"PARTITION BY {', '.join((*self._key, *groups))} ORDER BY {order}) = 1"
        )

    def _shown(self, relation: str, day: str) -> str:
        columns = (
            f"{day} AS {quoted(self._partition)}" if name == self._partition else _of(name)
            for name in self._columns
        )
        return f"SELECT {', '.join(columns)} FROM {relation} AS version"


def _of(name: str) -> str:
    # With the alias, for a column and what is shown under its name must not be mistaken.
    return f"version.{quoted(name)}"
