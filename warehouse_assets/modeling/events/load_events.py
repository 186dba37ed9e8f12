"""Events of a window read into typed rows and rejected events. Nothing is published."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from resources.duckdb.errors import engine_errors
from resources.identifiers import quoted, text_literal
from resources.sources.formats.quarantine import QUARANTINE_COLUMNS
from resources.sources.loading.load_report import Loaded, working_folder
from warehouse_assets.modeling.declaration.json_events import EVENT_ID
from warehouse_assets.modeling.events.event_sql import EVENT, ID, PAYLOAD, events_sql, rows_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.model.window import Window
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.table import Table

_RAW_CHARACTERS = 10_000
_REASONS_KEPT = 3


def load_events(
    table: Table, connection: DuckDBPyConnection, window: Window, settings: Settings
) -> Loaded:
    """Read the window's events, in memory that does not grow with them.

    An event whose payload gives one row that does not fit gives none at all.

    Args:
        table: What is declared.
        connection: A session in which the table of events is seen, one row an event; the
            statements of the result run in it.
        window: The business dates to read.
        settings: Business time zone, spill folder.
    """
    folder = working_folder(connection, settings)
    try:
        with engine_errors(f"Reading events for {table.name}, {window}"):
            return _Loading(table, connection, window, settings.time_zone, folder).loaded()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


class _Loading:
    """One load: events, then typed rows, then rejected events, each in a file."""

    def __init__(
        self,
        table: Table,
        connection: DuckDBPyConnection,
        window: Window,
        time_zone: str,
        folder: Path,
    ) -> None:
        assert table.events is not None and table.partition_column is not None
        self._declared, self._table = table.events, table
        self._day = table.partition_column
        self._connection, self._window, self._folder = connection, window, folder
        self._types = table.events.types(time_zone)
        self._columns = table.spec.columns

    def loaded(self) -> Loaded:
        self._write("events", events_sql(self._declared, self._day, self._window))
        events = f"(SELECT * RENAME (file_row_number AS {EVENT}) FROM {self._file('events')})"
        self._write("rows", rows_sql(self._declared, self._columns, self._types, events))
        self._write("rejected", self._rejected_sql())
        quarantine_sql = self._quarantine_sql(events)
        total = self._by_day(f"SELECT {self._day} AS dt FROM {events}")
        rejected = self._by_day(f"SELECT dt FROM ({quarantine_sql})")
        return Loaded(
            table_name=self._table.name,
            select_sql=self._select_sql(),
            quarantine_sql=quarantine_sql,
            rows={day: total[day] - rejected[day] for day in self._window},
            rejected=rejected,
            blank=dict.fromkeys(self._window, 0),
            delivered=(),
            tolerance=self._declared.tolerance,
            first_reasons=self._first_reasons(quarantine_sql, rejected),
            folder=self._folder,
            unit="events",
        )

    def _rejected_sql(self) -> str:
        """Each rejected event with what is wrong with the first of its elements that is wrong."""
        event, element = (f"v{len(self._columns) + at}" for at in range(2))
        where = f"CASE WHEN {element} IS NULL THEN '' ELSE 'element ' || {element} || ': ' END"
        return (
            f"SELECT {event} AS event, "
            f"arg_min({where} || reason, coalesce({element}, 0)) AS reason "
            f"FROM {self._file('rows')} WHERE reason IS NOT NULL GROUP BY event"
        )

    def _select_sql(self) -> str:
        values = ", ".join(
            f"v{at} AS {quoted(column.name)}" for at, column in enumerate(self._columns)
        )
        event = f"v{len(self._columns)}"
        return (
            f"SELECT {values} FROM {self._file('rows')} AS row "
            f"ANTI JOIN {self._file('rejected')} AS rejected ON row.{event} = rejected.event"
        )

    def _quarantine_sql(self, events: str) -> str:
        facts = {"dt": self._day, "reason": "reason", "raw": f"left({PAYLOAD}, {_RAW_CHARACTERS})"}
        columns = ", ".join(
            f"{facts.get(column.name, quoted(column.name))} AS {quoted(column.name)}"
            for column in (*QUARANTINE_COLUMNS, EVENT_ID)
        )
        return (
            f"SELECT {columns} FROM {events} AS found "
            f"JOIN {self._file('rejected')} AS rejected ON found.{EVENT} = rejected.event"
        )

    def _by_day(self, sql: str) -> dict[date, int]:
        counts = self._connection.execute(f"SELECT dt, count(*) FROM ({sql}) GROUP BY dt")
        return dict.fromkeys(self._window, 0) | dict(counts.fetchall())

    def _first_reasons(
        self, quarantine_sql: str, rejected: Mapping[date, int]
    ) -> dict[date, tuple[str, ...]]:
        first: dict[date, tuple[str, ...]] = {}
        for day in (day for day, count in rejected.items() if count):
            rows: Sequence[tuple[str]] = self._connection.execute(
                f"SELECT {ID} || ' ' || reason FROM ({quarantine_sql}) WHERE dt = DATE '{day}' "
                f"ORDER BY {ID} LIMIT {_REASONS_KEPT}"
            ).fetchall()
            first[day] = tuple(row[0] for row in rows)
        return first

    def _write(self, name: str, sql: str) -> None:
        path = text_literal(str(self._folder / f"{name}.parquet"))
        self._connection.execute(f"COPY ({sql}) TO {path} (FORMAT parquet, COMPRESSION lz4_raw)")

    def _file(self, name: str) -> str:
        path = text_literal(str(self._folder / f"{name}.parquet"))
        numbered = ", file_row_number = true" if name == "events" else ""
        return f"read_parquet({path}{numbered})"
