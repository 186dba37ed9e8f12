"""What a run has to merge of a change log: what was published in it since, and which keys.

The publication record keeps which publication of each partition of the log is in the table. New
partitions are merged row by row. A partition that was published again since is another matter:
what its former rows did to the table cannot be undone, so their keys are replayed from the log.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from resources.errors import RecordUnreadable
from resources.identifiers import quoted

if TYPE_CHECKING:
    from resources.lake.model.publication_record import PublicationRecord
    from resources.lake.publish.merge import Merge
    from resources.lake.publish.table_write import Published
    from resources.lake.read.table_snapshot import TableSnapshot
    from warehouse_assets.modeling.declaration.change_log import ChangeLog
    from warehouse_assets.modeling.declaration.table import MaterializationRun, Table

TOUCHED = quoted("touched keys")
REPLAYED = quoted("replayed keys")
NEW_ROWS = quoted("new rows")
STATE = quoted("state before")


class LogMerge:
    """One run that merges the log `of` into its table. Temporary tables live in its session."""

    def __init__(self, run: MaterializationRun, of: str) -> None:
        self.run, self.of = run, of
        self.source: Table = run.sources[of]
        log = self.source.change_log
        assert log is not None
        self.log: ChangeLog = log
        self._snapshot = run.inputs[of]
        self._context = dataclasses.replace(run.context, positions={of: self._positions})

    @property
    def new(self) -> list[date]:
        """Partitions of the log of which nothing is in the table."""
        merged = self._merged
        return [day for day in self.days if merged is not None and str(day) not in merged]

    @property
    def merged(self) -> list[date]:
        """Partitions of the log that are in the table, as they were then."""
        return [date.fromisoformat(day) for day in sorted(self._merged or {})]

    @property
    def changed(self) -> list[date]:
        """Partitions that were published again, with other rows, since they were merged."""
        now = self._positions
        return [day for day in self.merged if now.get(str(day)) != (self._merged or {})[str(day)]]

    def can_merge(self) -> bool:
        """Whether there is something to merge into, and what was merged is known.

        False: the table has to be made from the whole log.
        """
        if self._merged is None:
            return False
        return not self.changed or self._snapshot_before is not None

    def replace_all(self, rows_sql: str) -> Published:
        """Make the table anew."""
        from resources.lake.publish.replace import replace

        run = self.run
        return replace(run.write, rows_sql, run.connection, self._context, run.on_stage)

    def merge(self, change: Merge) -> Published:
        """Merge, and remember what of the log is in the table now."""
        from resources.lake.publish.merge import merge

        run = self.run
        return merge(run.write, change, run.connection, self._context, run.on_stage)

    def hold_rows(self) -> None:
        """Make what is new in the log, and the table as it is, visible to SQL."""
        self._view(NEW_ROWS, self._relation(self._snapshot, self.new))
        self._view(STATE, self.run.lake.relation_sql(self.run.write.base, None))

    def hold_keys(self, replayed: Sequence[str], touched: Sequence[str] = ()) -> None:
        """Hold the keys that change.

        Args:
            replayed: SELECTs of keys that are to be made from the whole log, beside those of
                partitions that changed.
            touched: SELECTs of the other keys that change; without any, those of the new rows.
        """
        none = f"SELECT {self.keys()} FROM {NEW_ROWS} WHERE false"
        parts = [none, *replayed, *self._keys_of_changed()]
        rest = touched or [f"SELECT {self.keys()} FROM {NEW_ROWS}"]
        execute = self.run.connection.execute
        execute(f"CREATE TEMP TABLE {REPLAYED} AS {' UNION '.join(parts)}")
        union = " UNION ".join([f"SELECT {self.keys()} FROM {REPLAYED}", *rest])
        execute(f"CREATE TEMP TABLE {TOUCHED} AS {union}")

    def keys(self, alias: str | None = None) -> str:
        """The key columns, of the relation of that alias."""
        prefix = f"{alias}." if alias else ""
        return ", ".join(f"{prefix}{quoted(name)}" for name in self.log.key)

    def same_key(self, left: str, right: str) -> str:
        """SQL: both relations' keys are the same."""
        return " AND ".join(f"{left}.{quoted(n)} = {right}.{quoted(n)}" for n in self.log.key)

    def of_keys(self, relation: str, keys: str, *, without: str | None = None) -> str:
        """A SELECT of the relation's rows with one of those keys, and with none of the others."""
        less = ""
        if without:
            less = f" ANTI JOIN {without} AS other ON {self.same_key('version', 'other')}"
        return (
            f"SELECT version.* FROM {relation} AS version SEMI JOIN {keys} AS wanted "
            f"ON {self.same_key('version', 'wanted')}{less}"
        )

    @cached_property
    def days(self) -> list[date]:
        """The published partitions of the log, in order."""
        return sorted(self._snapshot.days)

    @cached_property
    def _positions(self) -> dict[str, str]:
        return {str(day): self._snapshot.rows_from[day] for day in self.days}

    @cached_property
    def _record(self) -> PublicationRecord | None:
        try:
            record = self.run.lake.record(self.run.write.base, None)
        except RecordUnreadable:
            # What is in the table is not known any more: it is made from the whole log.
            return None
        same_code = record is not None and record.code_version == self.run.context.code_version
        return record if same_code else None

    @cached_property
    def _merged(self) -> Mapping[str, str] | None:
        return None if self._record is None else self._record.positions.get(self.of)

    @cached_property
    def _snapshot_before(self) -> TableSnapshot | None:
        """The log as it was when it was merged last; None if that snapshot has expired."""
        assert self._record is not None
        seen = self._record.partitions[None].inputs.get(self.of)
        table = self._snapshot.table
        if seen is None or seen.snapshot_id is None or table is None:
            return None
        if table.metadata.snapshot_by_id(seen.snapshot_id) is None:
            return None
        return dataclasses.replace(self._snapshot, snapshot_id=seen.snapshot_id)

    def _keys_of_changed(self) -> list[str]:
        """SELECTs of the keys that partitions which changed have, and had."""
        if not self.changed:
            return []
        assert self._snapshot_before is not None
        still_there = [day for day in self.changed if day in self._snapshot.published]
        relations = [
            self._relation(self._snapshot, still_there),
            self._relation(self._snapshot_before, self.changed),
        ]
        return [f"SELECT {self.keys()} FROM ({relation})" for relation in relations]

    def _relation(self, snapshot: TableSnapshot, days: Sequence[date]) -> str:
        return self.run.lake.relation_sql(snapshot, {day: day for day in days})

    def _view(self, name: str, select_sql: str) -> None:
        self.run.connection.execute(f"CREATE TEMP VIEW {name} AS {select_sql}")
