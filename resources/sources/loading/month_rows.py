"""Rows of a month's files dealt out to its days; those of no day are rejected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.identifiers import text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.sources.conversion.rows import LINE
from resources.sources.delivery.day_folder import Delivered
from resources.sources.formats.parquet.pages import blaming
from resources.sources.formats.read_job import LoadedFiles, RowCounts


@dataclass(frozen=True)
class MonthRows:
    """Which of a month's rows a run takes.

    `day` is SQL of a typed row's business date, `taken` the days of the month that the run is
    about, `counts` the rows by day and number of the file.
    """

    day: str
    taken: Window
    counts: dict[tuple[date, int], RowCounts]

    @property
    def condition(self) -> str:
        """SQL that is true of the rows taken."""
        return self.taken.holds(self.day)


@dataclass(frozen=True)
class MonthSplitter:
    """Deals out the rows of a month's files to days, by the typed value of one column.

    Attributes:
        value: Reference to the value.
        day: SQL of its business date.
        names: The names of a row's typed values, v0, v1, ...
        month: The days that the files may hold; `taken`, those that the run is about.
    """

    connection: DuckDBPyConnection
    column: ColumnSpec
    value: str
    day: str
    names: tuple[str, ...]
    month: Window
    taken: Window

    def split(
        self, loaded: LoadedFiles, files: tuple[Delivered, ...], folder: Path
    ) -> tuple[LoadedFiles, MonthRows]:
        """Find each day's rows. Rejected rows are written with the day they are shown under.

        A rejected row whose day is known belongs to it; any other could belong to each day, and is
        rejected on each day of the run.
        """
        path = folder / "rejected-by-day.parquet"
        with blaming(self.connection, loaded.unread):
            self.connection.execute(
                f"COPY ({self._rejected_sql(loaded)}) TO {text_literal(str(path))} (FORMAT parquet)"
            )
            accepted = self._counts(
                f"SELECT {self.day} AS dt, file_number FROM {loaded.relation} "
                f"WHERE reason IS NULL AND NOT is_blank AND {self.taken.holds(self.day)}"
            )
        rejected = self._counts(f"SELECT dt, file_number FROM read_parquet('{path}')")
        counts = {
            (day, number): RowCounts(
                accepted.get((day, number), 0),
                rejected.get((day, number), 0),
                # Blank lines belong to no day.
                loaded.counts[number].blank if day == self.taken.start else 0,
            )
            for day in self.taken
            for number in range(len(files))
        }
        of_month = replace(loaded, rejected_path=path if rejected else None)
        return of_month, MonthRows(self.day, self.taken, counts)

    def _rejected_sql(self, loaded: LoadedFiles) -> str:
        name = self.column.name
        values = ", ".join(
            f"{text_literal(name)}: CAST(v{at} AS VARCHAR)" for at, name in enumerate(self.names)
        )
        unknown = (
            f"concat({text_literal(f'{name}: ')}, coalesce(CAST({self.value} AS VARCHAR), "
            f"'nothing'), ' is no day of {self.month.start:%Y-%m}')"
        )
        typed = (
            f"SELECT {self.day} AS day, file_number, {LINE} AS source_line, reason AS broken, "
            f"CAST(to_json({{{values}}}) AS VARCHAR) AS typed, {unknown} AS no_day "
            f"FROM {loaded.relation} "
            "WHERE NOT is_blank AND "
            f"(reason IS NOT NULL OR NOT coalesce({self.month.holds(self.day)}, false))"
        )
        known = "day, file_number, source_line"
        rows = f"SELECT {known}, no_day AS reason, typed AS raw FROM ({typed})"
        if loaded.rejected_path:
            rows = (
                f"SELECT {known}, "
                "coalesce(came.reason, no_day) AS reason, coalesce(came.raw, typed) AS raw "
                f"FROM ({typed}) LEFT JOIN "
                f"read_parquet({text_literal(str(loaded.rejected_path))}) AS came "
                "USING (file_number, source_line)"
            )
        days = ", ".join(f"DATE '{day}'" for day in self.taken)
        return (
            f"SELECT dt, file_number, source_line, reason, raw FROM ({rows}) "
            f"CROSS JOIN (SELECT unnest([{days}]) AS dt) "
            f"WHERE CASE WHEN {self.month.holds('day')} THEN dt = day ELSE true END"
        )

    def _counts(self, rows: str) -> dict[tuple[date, int], int]:
        counted = f"SELECT dt, file_number, count(*) FROM ({rows}) GROUP BY ALL"
        found = self.connection.execute(counted)
        return {(day, number): count for day, number, count in found.fetchall()}
