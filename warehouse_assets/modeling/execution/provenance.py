"""What a published partition was made of, publication by publication, down to delivered files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from resources.errors import InputMissing, RecordUnreadable
from resources.lake.model.publication_record import (
    Partition,
    PublicationRecord,
    SourceFile,
    digest_of,
)
from warehouse_assets.modeling.execution.inputs import seen_publications

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings
    from warehouse_assets.modeling.loading.outline import Outline, Outlines

NEWEST_SHOWN = 5


@dataclass(frozen=True)
class TracedFile:
    """A delivered file that was read. `change` says how it differs today; empty if it does not."""

    file: SourceFile
    change: str


@dataclass(frozen=True)
class Ancestor:
    """Partitions of one table that came from one publication.

    Args:
        table: The table.
        days: Its partitions, in order; (None,) for a table that is replaced whole.
        record: The publication; None if its record cannot be read.
        problem: Why it cannot; empty if it can.
        snapshot_id: The snapshot it made; None if that has expired.
        again: The publication is newer than what its reader read.
        seen: It is in the trace already, with its inputs.
        inputs: What it was made of; empty if seen, or if deeper than asked for.
        older: For each input, how many older publications are left out.
        files: What was delivered, if a source is behind the table.
    """

    table: Outline
    days: tuple[Partition, ...]
    record: PublicationRecord | None
    problem: str
    snapshot_id: int | None
    again: bool
    seen: bool
    inputs: tuple[Ancestor, ...]
    older: dict[str, int]
    files: tuple[TracedFile, ...]

    @property
    def rows(self) -> int | None:
        """Rows of its partitions; None if no record says how many."""
        if self.record is None:
            return None
        return sum(self.record.partitions[day].rows for day in self.days)

    @property
    def code_changed(self) -> bool:
        """Whether the table's code is another today."""
        return self.record is not None and self.record.code_version != self.table.code_version


class Ancestry:
    """Walks back through one lake, as it is at one moment."""

    def __init__(self, outlines: Outlines, lake: Lake, settings: Settings) -> None:
        self._outlines, self._lake, self._settings = outlines, lake, settings
        self._snapshot = cache(lambda name: lake.snapshot(outlines.table(name).spec))
        self._snapshots = cache(self._snapshots_of)
        self._seen: set[tuple[str, str, Partition]] = set()

    def of(self, table: Outline, partition: Partition, depth: int) -> Ancestor:
        """The publication of a partition, with `depth` levels of what it was made of.

        Raises:
            InputMissing: If the partition is not published.
        """
        snapshot: TableSnapshot = self._snapshot(table.name)
        if partition not in snapshot.published:
            days = [str(day) for day in snapshot.published if day]
            raise InputMissing(
                f"{table.name} {partition or ''} is not published".replace("  ", " "),
                f"It has {days[0]} to {days[-1]}." if days else "Nothing of it was ever published.",
            )
        return self._ancestor(
            table, snapshot.published[partition], (partition,), depth, again=False
        )

    def _ancestor(
        self,
        table: Outline,
        publication_id: str,
        days: tuple[Partition, ...],
        depth: int,
        again: bool,
    ) -> Ancestor:
        record, problem = self._record(table, days)
        places = {(table.name, publication_id, day) for day in days}
        seen = places <= self._seen
        self._seen |= places
        inputs: list[Ancestor] = []
        older: dict[str, int] = {}
        if record is not None and not seen and depth > 0:
            for name in table.inputs:
                found, older[name] = self._inputs(table, name, record, days, depth - 1)
                inputs += found
        return Ancestor(
            table=table,
            days=days,
            record=record,
            problem=problem,
            snapshot_id=self._snapshots(table.name).get(publication_id),
            again=again,
            seen=seen,
            inputs=tuple(inputs),
            older={name: count for name, count in older.items() if count},
            files=() if seen or record is None else self._files(table, record, days),
        )

    def _record(
        self, table: Outline, days: Sequence[Partition]
    ) -> tuple[PublicationRecord | None, str]:
        """The record of days of one publication, or why it cannot be read."""
        try:
            record = self._lake.record(self._snapshot(table.name), days[0])
        except RecordUnreadable as error:
            return None, error.why
        assert record is not None
        unknown = [day for day in days if day not in record.partitions]
        return (None, f"it says nothing of {unknown[0]}") if unknown else (record, "")

    def _inputs(
        self,
        table: Outline,
        name: str,
        record: PublicationRecord,
        days: Sequence[Partition],
        depth: int,
    ) -> tuple[list[Ancestor], int]:
        """The latest publications of an input that the days saw, and how many more there are."""
        snapshot: TableSnapshot = self._snapshot(name)
        groups: dict[str, set[Partition]] = {}
        again = False
        for day in days:
            seen = seen_publications(table, name, snapshot, day, self._settings)
            for partition in seen:
                groups.setdefault(snapshot.published[partition], set()).add(partition)
            state = record.partitions[day].inputs.get(name)
            again |= state is None or state.digest != digest_of(seen, seen)
        latest = sorted(groups.items(), key=lambda group: max(map(str, group[1])), reverse=True)
        source = self._outlines.table(name)
        return [
            self._ancestor(source, publication, tuple(sorted(found, key=str)), depth, again)
            for publication, found in latest[:NEWEST_SHOWN]
        ], max(0, len(latest) - NEWEST_SHOWN)

    def _snapshots_of(self, name: str) -> dict[str, int]:
        history = self._lake.history(self._outlines.table(name).spec)
        return {each.publication_id: each.snapshot_id for each in history if each.publication_id}

    def _files(
        self, table: Outline, record: PublicationRecord, days: Sequence[Partition]
    ) -> tuple[TracedFile, ...]:
        if table.source is None:
            return ()
        from resources.sources.delivery.delivery import change_of, files_of_days

        landing = self._settings.landing_folder
        return tuple(
            TracedFile(file, change_of(file, landing))
            for file in files_of_days(table.source, record.sources, filter(None, days))
        )
