"""How the versions of one thing are told apart in a table that is delivered version by version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.lake.model.table_spec import VersionSpec

if TYPE_CHECKING:
    from resources.sources.declaration.files import Source
    from warehouse_assets.modeling.declaration.contract import ContractColumn

# Columns that every delivered contract has.
FILE, LINE = "source_file", "source_line"


@dataclass(frozen=True)
class ChangeLog:
    """What a source's change log is a log of. Made by `change_log()`."""

    key: tuple[str, ...]
    sequence: str
    event_time: str | None = None
    then_by: tuple[str, ...] = ()

    @property
    def sequences(self) -> tuple[str, ...]:
        """The columns that say which version is newer, whenever and wherever it is delivered."""
        return (self.sequence, *(name for name in self.then_by if name != FILE))

    @property
    def named(self) -> list[tuple[str, str]]:
        """The columns that are named, each with the argument that names it."""
        names = [*((name, "key") for name in self.key), (self.sequence, "sequence")]
        names += [(name, "then_by") for name in self.then_by]
        return names + ([(self.event_time, "event_time")] if self.event_time else [])


def change_log(
    *,
    key: Sequence[str],
    sequence: str,
    event_time: str | None = None,
    then_by: Sequence[str] = (),
) -> ChangeLog:
    """The table holds versions: of those with one key, the one with the highest sequence counts.

    Among versions of the same sequence the one delivered last counts: by business date, then by
    the numbers in the file's name (part_10 comes after part_9), then by line. Versions of one
    day that differ, in files whose names first differ in something else, have no order: they stop
    the run, by the check `ordered_versions`, unless `then_by` says more.

    Args:
        key: Columns that say which thing a row is a version of.
        sequence: Column that grows from version to version, such as "updated_at".
        event_time: Column with the instant that gives a thing its business date, such as
            "ordered_at"; needed to read the table with latest(following(...)).
        then_by: Columns that tell which of several versions of one sequence is newer, the most
            telling first, such as ("version_no",). "source_file" takes any names of files in their
            order, then their paths.
    """
    return ChangeLog(tuple(key), sequence, event_time, tuple(then_by))


def version_spec(
    log: ChangeLog | None, columns: Sequence[ContractColumn], source: Source | None
) -> VersionSpec | None:
    """What an audit has to know of the versions; None: there are none, or their order is declared.

    What names of files and folders say of a version, such as its shard, is where it came from and
    not what it says.
    """
    delivered = [column.spec.name for column in columns if column.role.delivered]
    if log is None or source is None or FILE in log.then_by or not {FILE, LINE} <= {*delivered}:
        return None
    places = set[str].intersection(*({*part.columns_given} for part in source.parts))
    told = (*log.key, *log.sequences)
    values = tuple(
        column.spec.name
        for column in columns
        if column.role.role != "partition" and column.spec.name not in (*told, *delivered, *places)
    )
    return VersionSpec(told, values, FILE, LINE) if values else None
