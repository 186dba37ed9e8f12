"""Run one table's events over literal events, as a run would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from resources.duckdb.engine import duckdb_session
from resources.identifiers import quoted
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.tables.run_sql import (
    ONE_DAY,
    SHANGHAI,
    Row,
    create_table,
    fetch_rows,
    known_tables,
    plain_row,
)
from warehouse_assets.modeling import Table, functions
from warehouse_assets.modeling.events.load_events import load_events
from warehouse_assets.modeling.sql.latest_versions import shown_rows


@dataclass(frozen=True)
class EventRows:
    """What a run gives: rows in the order of their keys, and rejected events by event_id."""

    rows: list[Row]
    rejected: list[Row]
    counts: Mapping[date, tuple[int, int]]

    @property
    def reasons(self) -> dict[str, str]:
        """Rejected event -> why."""
        return {row["event_id"]: row["reason"] for row in self.rejected}


def run_events(
    table: Table,
    events: Sequence[Row],
    folder: Path,
    window: Window = ONE_DAY,
    time_zone: str = SHANGHAI,
) -> EventRows:
    """The rows and the rejected events of a run over the window; `folder` is for its files."""
    assert table.events is not None
    name = table.events.table
    source, reads = known_tables()[name], table.reads[name]
    settings = Settings(home=folder, threads=1, time_zone=time_zone)
    with duckdb_session(settings) as connection:
        functions.install(connection, time_zone)
        rows = [plain_row(source, row, window) for row in events]
        create_table(connection, source, rows, "all events")
        seen = shown_rows(source, reads, 'SELECT * FROM "all events"', window)
        connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS {seen}")
        with load_events(table, connection, window, settings) as loaded:
            order = ", ".join(["dt", *table.key])
            return EventRows(
                fetch_rows(connection, f"SELECT * FROM ({loaded.select_sql}) ORDER BY {order}"),
                fetch_rows(
                    connection, f"SELECT * FROM ({loaded.quarantine_sql}) ORDER BY event_id"
                ),
                {day: (loaded.rows[day], loaded.rejected[day]) for day in window},
            )
