"""What a run does with closed business dates: it keeps them, and posts what is different since."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from resources.errors import InputMissing, RecordUnreadable
from resources.identifiers import quoted, quoted_list
from resources.lake.closing.closing_record import require_as_closed
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import no_rows
from resources.lake.model.window import Window, windows_of
from warehouse_assets.modeling.materializations.append_only import AppendOnly

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.closing.book_closing import Books
    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import Partition
    from resources.lake.publish.table_write import Published
    from resources.lake.read.table_snapshot import TableSnapshot
    from warehouse_assets.modeling.declaration.table import MaterializationRun, Table

_SUPPLEMENTS = quoted("supplements of closed days")


@dataclass(frozen=True)
class ClosedDay:
    """What became of a closed business date in a run.

    `rows` of the table would be different today. `posted_in` is the open day in whose partition
    the difference is booked; None: the partition stays as it was published, and nothing is posted.
    """

    table: str
    day: date
    rows: int
    posted_in: date | None

    def __str__(self) -> str:
        if self.posted_in:
            posted = "1 row was" if self.rows == 1 else f"{self.rows:,} rows were"
            return f"{self.table} {self.day} is closed: {posted} posted in {self.posted_in} instead"
        differ = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        return (
            f"{self.table} {self.day} is closed: it stays as it was reported, "
            f"although {differ} would be different today"
        )


def parts_of(
    window: Window, published: Collection[Partition], books: Books
) -> list[tuple[Window, bool]]:
    """The days of a run in parts, in the order to run them, and whether each is closed.

    A closed day that was never published was never reported: it is made as any other.
    """
    closed = [day for day in books.closed(window) if day in published]
    closed_parts = [(each, True) for each in windows_of(closed)]
    open_parts = [(each, False) for each in windows_of(set(window).difference(closed))]
    # The day that takes the supplements must be there; else it comes first.
    first = books.first_open_day in published
    return closed_parts + open_parts if first else open_parts + closed_parts


def post_supplements(run: MaterializationRun, books: Books) -> tuple[Published, list[ClosedDay]]:
    """Post what the closed days of the run would have otherwise in the first open day.

    The closed partitions get no row. That they were looked at is on record afterwards; whoever is
    stopped before that finds, the next time, what is posted already.

    Raises:
        InputMissing: If the first open day is not published yet, and there is something to post.
        PublishConflict: If somebody published one of the days, or closed or reopened them.
    """
    from resources.lake.publish.merge import Merge, merge

    materialization, target = run.table.materialization, books.first_open_day
    assert isinstance(materialization, AppendOnly) and materialization.corrects and target
    rows = materialization.new_rows_sql(run, posted_in=target)
    run.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_SUPPLEMENTS} AS {rows}")
    corrected = quoted(materialization.corrects)
    counts = run.connection.execute(
        f"SELECT {corrected}, count(*) FROM {_SUPPLEMENTS} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    closed = [ClosedDay(run.table.name, day, count, target) for day, count in counts]
    if closed:
        base, days = run.write.base, [*(run.write.window or ()), target]
        post(
            run.lake,
            base,
            run.connection,
            target,
            f"SELECT {_columns(run.table)} FROM {_SUPPLEMENTS}",
            context_of(base, target, run.context),
            lambda: require_as_closed(run.lake, books, days),
        )
    nothing = Merge(no_rows(run.table.spec.columns))
    return merge(run.write, nothing, run.connection, run.context, run.on_stage), closed


def post(
    lake: Lake,
    base: TableSnapshot,
    connection: DuckDBPyConnection,
    day: date,
    rows_sql: str,
    context: PublishContext,
    condition: Callable[[], None] | None = None,
) -> None:
    """Add rows to a day that do not follow from its inputs, whatever the context has of these.

    Args:
        lake: The lake.
        base: The table as it was looked at.
        connection: The engine in which `rows_sql` makes sense.
        day: The partition.
        rows_sql: A SELECT of the table's columns.
        context: What is on record of the partition afterwards.
        condition: If given, called under the table's lock; raises where nothing may be added.

    Raises:
        PublishConflict: If somebody published the day meanwhile.
    """
    from resources.lake.publish.merge import Merge, merge

    with lake.write(base.spec, Window.of_day(day), context.run_id, base) as write:
        held = replace(write, condition=condition) if condition else write
        merge(held, Merge(rows_sql, follows_from_inputs=False), connection, context)


def context_of(base: TableSnapshot, target: date, context: PublishContext) -> PublishContext:
    """The open day's partition stays as much, or as little, up to date as it was."""
    if target not in base.published:
        name = base.spec.name
        raise InputMissing(
            f"{name}: what is different of closed days is posted in {target}, the first open day, "
            "which is not published",
            f"Materialize it first: ledgerlake materialize +{name} --partition {target}",
        )
    try:
        record = base.record(target)
    except RecordUnreadable:
        record = None
    if record is None or target not in record.partitions:
        return PublishContext(context.run_id, context.code_version)
    return PublishContext(
        context.run_id,
        record.code_version,
        {target: record.partitions[target].inputs},
        framework_version=record.framework_version,
    )


def keep_closed(run: MaterializationRun) -> tuple[Published, list[ClosedDay]]:
    """Leave the closed days of the run as they were published, and say which would differ today."""
    from resources.lake.audit.audit import AuditReport
    from resources.lake.publish.table_write import Published

    base, window = run.write.base, run.write.window
    assert base.snapshot_id is not None and window is not None and run.select_sql is not None
    different = run.connection.execute(_differing_rows(run, window, run.select_sql)).fetchall()
    records = {day: base.partition_record(day) for day in window}
    published = Published(
        snapshot_id=base.snapshot_id,
        publication_id=base.published[window.last],
        partitions={day: each.rows if each else 0 for day, each in records.items()},
        partition_bytes=dict.fromkeys(window, 0),
        rows=0,
        bytes=0,
        files=0,
        seconds={},
        # Nothing of them was looked at.
        report=AuditReport((), dict.fromkeys(window, 0), 0.0),
    )
    return published, [ClosedDay(run.table.name, day, int(rows), None) for day, rows in different]


def _differing_rows(run: MaterializationRun, window: Window, wanted: str) -> str:
    """A SELECT of the days that would differ today, and in how many rows."""
    columns, day = _columns(run.table), quoted(str(run.table.partition_column))
    published = run.lake.relation_sql(run.write.base, {each: each for each in window})
    typed = ", ".join(column.cast(quoted(column.name)) for column in run.table.spec.columns)
    return f"""
        WITH wanted AS MATERIALIZED (SELECT {typed} FROM (\n{wanted}\n)),
        published AS MATERIALIZED (SELECT {columns} FROM ({published}))
        SELECT {day}, greatest(sum(is_wanted), sum(1 - is_wanted))
        FROM (
            SELECT {day}, 1 AS is_wanted
            FROM (FROM wanted EXCEPT ALL FROM published)
            UNION ALL
            SELECT {day}, 0
            FROM (FROM published EXCEPT ALL FROM wanted)
        )
        GROUP BY {day}
        ORDER BY {day}
    """


def _columns(table: Table) -> str:
    return quoted_list(column.name for column in table.spec.columns)
