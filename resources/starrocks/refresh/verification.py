"""Compares what StarRocks shows of a table with the lake: OK to a REFRESH proves nothing.

By the snapshot that StarRocks sees; for versions without metadata tables by the number of rows of
each partition that changed.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from pyiceberg.table import Table

from resources.lake.model.table_spec import TableSpec
from resources.lake.read.scan_plan import plan_files
from resources.lake.read.table_snapshot import snapshot_of
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import Refused
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import (
    current_snapshot,
    no_row,
    row_count,
    rows_by_partition,
)


@dataclass(frozen=True)
class Shown:
    """What StarRocks shows: `snapshot`, None if none or unknown.

    `difference` is a sentence on how that differs from what is published; None: it does not.
    """

    snapshot: int | None
    difference: str | None
    by_rows: bool = False


def compare(
    client: StarRocks, name: TableName, spec: TableSpec, table: Table, changed: Set[date] | None
) -> Shown:
    """Compare what StarRocks shows with the lake's `table`.

    Without metadata tables the rows of the `changed` partitions are counted; None: of all.

    Raises:
        StarRocksError: If StarRocks does not answer, or denies it.
    """
    published = table.metadata.current_snapshot_id
    try:
        shown = shown_snapshot(client, name)
    except Refused:
        # A version without metadata tables.
        return _by_rows(client, name, spec, table, changed)
    if shown == published:
        return Shown(shown, None)
    return Shown(shown, f"StarRocks shows snapshot {shown or 'none'}; {published} is published")


def shown_snapshot(client: StarRocks, name: TableName) -> int | None:
    """The snapshot that StarRocks shows; None: none.

    Metadata tables are open to every user, so a SELECT proves that this one may read the table.

    Raises:
        StarRocksError: Denied if the user may not read it, Refused without metadata tables.
    """
    client.run(no_row(name))
    rows = client.run(current_snapshot(name))
    return int(rows[0][0]) if rows else None


def _by_rows(
    client: StarRocks, name: TableName, spec: TableSpec, table: Table, changed: Set[date] | None
) -> Shown:
    published = table.metadata.current_snapshot_id
    wanted = _rows_in_lake(spec, table, changed)
    if spec.partition_column is None:
        shown: dict[date | None, int] = {None: int(client.run(row_count(name))[0][0])}
    elif not wanted:
        return Shown(published, None, by_rows=True)
    else:
        days = sorted(day for day in wanted if day is not None)
        statement = rows_by_partition(name, spec.partition_column)
        found = client.run(statement, (days[0].isoformat(), days[-1].isoformat()))
        counts = {day: int(rows) for day, rows in found}
        shown = {day: counts.get(day, 0) for day in wanted if day is not None}
    differing = [day for day, rows in wanted.items() if shown.get(day, 0) != rows]
    if not differing:
        return Shown(published, None, by_rows=True)
    first = differing[0]
    return Shown(
        None,
        f"StarRocks shows {shown.get(first, 0)} rows in partition {first or 'all'}; "
        f"{wanted[first]} are published"
        + (f", and {len(differing) - 1} partitions more differ" if differing[1:] else ""),
        by_rows=True,
    )


def _rows_in_lake(
    spec: TableSpec, table: Table, changed: Set[date] | None
) -> dict[date | None, int]:
    """The rows of each partition to compare, those without rows included."""
    snapshot = snapshot_of(spec, table)
    days = set(changed) if changed is not None else {day for day in snapshot.published if day}
    rows: dict[date | None, int] = dict.fromkeys(sorted(days), 0)
    if spec.partition_column is None:
        rows = {None: 0}
    elif not days:
        return rows
    for file in plan_files(table, snapshot, days if spec.partition_column else None):
        rows[file.partition] = rows.get(file.partition, 0) + file.live_rows
    return rows
