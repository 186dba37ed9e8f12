"""What reopening does: supplements in later days are taken back there, and posted anew earlier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from resources.identifiers import date_literal, quoted, quoted_list
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import no_rows
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.execution.closed_days import context_of, post
from warehouse_assets.modeling.materializations.append_only import AppendOnly
from warehouse_assets.modeling.sql.code_version import code_version

if TYPE_CHECKING:
    from resources.lake.closing.book_closing import Books
    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from warehouse_assets.modeling.declaration.table import Table

_TAKEN_BACK = quoted("supplements taken back")


@dataclass(frozen=True)
class TakenBack:
    """Supplements that were posted in a day and are taken back there, in as many `rows`.

    `corrected` are the days that they were for, which are stale now: the next run posts what is
    different of an open one on the day itself, and of a closed one in the first open day.
    """

    table: str
    posted_in: date
    rows: int
    corrected: tuple[date, ...]

    def __str__(self) -> str:
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        days = ", ".join(map(str, self.corrected))
        return f"{self.table} {self.posted_in}: {rows} posted for {days} taken back"


def take_back_supplements(
    table: Table, lake: Lake, books: Books, first: date, run_id: str
) -> list[TakenBack]:
    """Take back what was posted, after the day `first` that is to be reopened, for days before.

    What is known of a reopened day belongs on the day itself, and what is of a day that stays
    closed belongs on the first open one: else the days in between would know of it in all tables
    but the books. Rows are only added. The days that lose their supplements are marked first, so
    that whoever is stopped in between leaves nothing that no run finds.

    Raises:
        PublishConflict: If somebody published one of the days meanwhile.
        AuditFailed: If a partition would break a blocking check.
        StorageError: If the disk or the catalog failed.
    """
    from resources.duckdb.engine import lake_session

    materialization = table.materialization
    if not isinstance(materialization, AppendOnly) or not materialization.corrects:
        return []
    base = lake.snapshot(table.spec)
    later = [day for day in books.supplement_days(first) if day in base.published]
    if not later or not base.location:
        return []
    stored = lake.relation_sql(base, {day: day for day in later})
    partition = quoted(str(table.partition_column))
    columns = quoted_list(column.name for column in table.spec.columns)
    context = PublishContext(run_id, code_version(table))
    with lake_session(lake.settings, [base.location]) as connection:
        functions.install(connection, lake.settings.time_zone)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_TAKEN_BACK} AS "
            f"{materialization.taken_back_sql(table, stored)}"
        )
        found = connection.execute(
            f"SELECT {partition}, count(*), "
            f"list_sort(list_distinct(list({quoted(materialization.corrects)}))) "
            f"FROM {_TAKEN_BACK} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        taken = [TakenBack(table.name, day, rows, tuple(days)) for day, rows, days in found]
        for day in _corrected(taken, base):
            # Of what the partition was made is not on record any more: so it is stale.
            post(lake, base, connection, day, no_rows(table.spec.columns), context)
        for each in taken:
            day = each.posted_in
            of_day = f"WHERE {partition} = {date_literal(day)}"
            rows = f"SELECT {columns} FROM {_TAKEN_BACK} {of_day}"
            post(lake, base, connection, day, rows, context_of(base, day, context))
    return taken


def _corrected(taken: Iterable[TakenBack], base: TableSnapshot) -> list[date]:
    days = {day for each in taken for day in each.corrected}
    return sorted(day for day in days if day in base.published)
