"""Tables of the lake as a person may query them: by name, read only, at one moment.

Ctrl-C stops a query at once.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from resources.errors import InputMissing
from resources.identifiers import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from resources.lake.model.table_spec import TableSpec
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings

QUARANTINE = "quarantine"
_BATCH = 10_000
_OVER = b"\0"


@dataclass(frozen=True)
class Rows:
    """Rows of a query: column names, DuckDB's types of them, and the values."""

    names: Sequence[str]
    types: Sequence[str]
    values: Sequence[tuple[object, ...]]

    def as_documents(self) -> list[dict[str, object]]:
        """Each row with its columns' names."""
        return [dict(zip(self.names, row, strict=True)) for row in self.values]


def published_snapshot(lake: Lake, spec: TableSpec) -> TableSnapshot:
    """The table as it is now; a quarantine that was never needed is an empty table.

    Raises:
        InputMissing: If nothing was ever published to it.
    """
    snapshot = lake.snapshot(spec)
    if not snapshot.published and spec.namespace != QUARANTINE:
        raise InputMissing(
            f"{spec.name} has never been published",
            f"Run ledgerlake materialize +{spec.name} --partition DAY, or ledgerlake demo."
            if spec.partition_column
            else f"Run ledgerlake materialize {spec.name}.",
        )
    return snapshot


@contextmanager
def query_session(settings: Settings) -> Generator[DuckDBPyConnection]:
    """An engine with the warehouse's functions, which shows instants in the business time zone."""
    from resources.duckdb.engine import duckdb_session
    from resources.identifiers import text_literal
    from warehouse_assets.modeling import functions

    with duckdb_session(settings) as connection:
        functions.install(connection, settings.time_zone)
        connection.execute(f"SET TimeZone = {text_literal(settings.time_zone)}")
        yield connection


def add_view(
    connection: DuckDBPyConnection,
    lake: Lake,
    snapshot: TableSnapshot,
    partitions: Mapping[date, date] | None = None,
) -> tuple[str, ...]:
    """Add views of a table's snapshot, `name` and `layer.name`; returns the files they open."""
    relation = lake.relation(snapshot, partitions)
    schema, name = quoted(snapshot.spec.namespace), quoted(snapshot.spec.name)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    connection.execute(f"CREATE OR REPLACE VIEW {schema}.{name} AS {relation.sql}")
    connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {schema}.{name}")
    return relation.files


def latest_rows(
    lake: Lake, snapshot: TableSnapshot, settings: Settings, days: Sequence[date], limit: int
) -> Rows:
    """At most `limit` rows of the days, or of the whole of a table without partitions."""
    from resources.duckdb.sandbox import seal

    spec = snapshot.spec
    order = [name for name in (spec.partition_column, *spec.sort_by, *spec.key) if name]
    sort = f" ORDER BY {', '.join(quoted(name) for name in dict.fromkeys(order))}" if order else ""
    with query_session(settings) as connection:
        seal(connection, add_view(connection, lake, snapshot, {day: day for day in days} or None))
        return fetched(connection, f"SELECT * FROM {quoted(spec.name)}{sort} LIMIT {limit:d}")


def fetched(connection: DuckDBPyConnection, sql: str) -> Rows:
    """All rows of a query. Instants that Python cannot hold, at the calendar's end, are text."""
    cursor = connection.execute(sql)
    names, types = described(cursor)
    try:
        return Rows(names, types, cursor.fetchall())
    except OverflowError:
        columns = ", ".join(f"c{number}" for number in range(len(names)))
        shown = ", ".join(
            f"CAST(c{number} AS VARCHAR)" if "TIME ZONE" in kind else f"c{number}"
            for number, kind in enumerate(types)
        )
        cursor = connection.execute(f"SELECT {shown} FROM ({sql}) AS found({columns})")
        return Rows(names, described(cursor)[1], cursor.fetchall())


def described(cursor: DuckDBPyConnection) -> tuple[list[str], list[str]]:
    """Names and types of the columns that a cursor gives."""
    description = cursor.description or []
    return [str(column[0]) for column in description], [str(column[1]) for column in description]


def batches(cursor: DuckDBPyConnection) -> Iterator[Sequence[tuple[object, ...]]]:
    """The rows in batches."""
    while batch := cursor.fetchmany(_BATCH):
        yield batch


@contextmanager
def interruptible(connection: DuckDBPyConnection) -> Generator[None]:
    """Interrupt the engine when SIGINT arrives in the block.

    Raises:
        KeyboardInterrupt: If it arrived.
    """
    import duckdb

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, told = socket.socketpair()
    told.setblocking(False)

    def listen() -> None:
        # Python writes the number of a signal here before it has the time to handle it.
        while (number := heard.recv(1)) not in (_OVER, b""):
            if number[0] == signal.SIGINT:
                connection.interrupt()

    listener = threading.Thread(target=listen, daemon=True)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    listener.start()
    try:
        yield
    except (duckdb.InterruptException, RuntimeError) as error:
        # The engine may notice the signal by itself first: then it raises another error.
        if isinstance(error, duckdb.InterruptException) or str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.set_wakeup_fd(before)
        told.send(_OVER)
        listener.join()
        heard.close()
        told.close()
