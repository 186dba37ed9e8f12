"""Every table over some business dates, in one process, against the bare SQL of the same tables.

Ours is `ledgerlake materialize`, Dagster included. The bare SQL reads raw Parquet of every source
(as typed as the ODS tables are, so that it parses no text) and writes the same files, one Parquet
file a business date: no catalog, no checks, no events, and none of the three tables made of JSON.
Both begin with a new process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch

from duckdb import DuckDBPyConnection

from benchmarks.measure import ROOT, cpu_of, own_peak_mib, timed
from resources.identifiers import quoted, text_literal
from resources.lake.lake import Lake
from resources.lake.model.table_spec import no_rows
from resources.lake.model.window import Window
from resources.lake.publish.table_write import Published
from resources.settings import Settings, load_settings
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.modeling.sql.latest_versions import shown_rows
from warehouse_assets.modeling.sql.statement import Statement

_BARE_MEMORY = "4GiB"


@dataclass(frozen=True)
class Run:
    """One run of every table: its wall and CPU seconds, and its peak memory in MiB.

    `publishing` are the seconds in which a table was read, written, audited and published; the
    others are Dagster's, the command's and Python's own.
    """

    seconds: float
    cpu: float
    peak_mib: float = 0.0
    publishing: float = 0.0


class ShopOnDisk:
    """A shop's window on disk: its landing folder, and the raw Parquet that the bare SQL reads.

    Args:
        folder: An empty one.
        orders: Of each day.
        opened: The shop's first day, at or before the window's.
        window: The days that are run.
        memory: As `LEDGERLAKE_MEMORY` says it, for ours; the bare SQL may have what it needs: it
            fails where it writes the files of a year in the default memory.

    `first` is the run of every table that the raw Parquet was made from.
    """

    def __init__(
        self, folder: Path, orders: int, opened: date, window: Window, memory: str = "384MiB"
    ) -> None:
        self._home = folder / "home"
        self._window = window
        self._memory = memory
        _fill(self._home, orders, opened, window)
        self.first = self.ours()
        self._child("raw")

    def ours(self, again: bool = False) -> Run:
        """Every table through Dagster; in a new lake, unless it is to be done again."""
        if not again:
            for name in ("warehouse", "dagster", "attempts"):
                shutil.rmtree(self._home / name, ignore_errors=True)
            (self._home / "catalog.db").unlink(missing_ok=True)
        cpu, (seconds, printed) = cpu_of(lambda: timed(lambda: self._child("ours")))
        peak, publishing = map(float, printed.splitlines()[-1].split())
        return Run(seconds, cpu, peak, publishing)

    def bare(self) -> Run:
        """A process that only runs the SQL."""
        cpu, (seconds, _) = cpu_of(lambda: timed(lambda: self._child("bare")))
        return Run(seconds, cpu)

    def _child(self, what: str) -> str:
        """Run one of the functions below in a process of its own; what it printed."""
        kept = {name: v for name, v in os.environ.items() if not name.startswith("LEDGERLAKE_")}
        environment = kept | {
            "LEDGERLAKE_HOME": str(self._home),
            "LEDGERLAKE_FIRST_DATE": self._window.start.isoformat(),
            "LEDGERLAKE_MEMORY": _BARE_MEMORY if what == "bare" else self._memory,
            "DAGSTER_HOME": str(self._home / "dagster"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }
        days = (self._window.start.isoformat(), self._window.last.isoformat())
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.all_tables", what, *days]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{what} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done.stdout


def _fill(home: Path, orders: int, opened: date, window: Window) -> None:
    from examples.sample_shop.fill import fill
    from examples.sample_shop.shop_settings import ShopSettings

    fill(home / "landing", ShopSettings(1, orders, opened), window)


def ours(window: Window) -> None:
    """The window through Dagster, as a person runs it; prints peak memory and publishing time."""
    from warehouse_assets.command_line.main import app

    publishing = 0.0
    publish = TableRun.publish

    def measured(run: TableRun, *arguments: object, **named: object) -> Published:
        nonlocal publishing
        begun = time.perf_counter()
        try:
            return publish(run, *arguments, **named)  # type: ignore[arg-type]
        finally:
            publishing += time.perf_counter() - begun

    days = ["--from", window.start.isoformat(), "--to", window.last.isoformat()]
    with patch.object(TableRun, "publish", measured):
        if app(["materialize", "all", *days], standalone_mode=False):
            raise SystemExit(1)
    print(own_peak_mib(), publishing)


def raw(window: Window) -> None:
    """Write what each source delivered as one Parquet file with the types of its ODS table."""
    lake, days = Lake(load_settings()), {day: day for day in window}
    with _session() as connection:
        for table in load_warehouse().tables.values():
            if table.source:
                relation = lake.relation_sql(lake.snapshot(table.spec), days)
                connection.execute(f"COPY ({relation}) TO {_file('raw', table.name)}")


def bare(window: Window) -> None:
    """Each table's SELECT, inputs first, from Parquet to Parquet."""
    settings, warehouse = load_settings(), load_warehouse()
    shutil.rmtree(_folder("bare"))
    with _session() as connection:
        functions.install(connection, settings.time_zone)
        for name, select in _selects(warehouse, settings, connection, window):
            to, options = _file("bare", name), "FORMAT parquet, COMPRESSION zstd"
            column = warehouse.table(name).partition_column
            if column and len(window) > 1:
                to = text_literal(str(_folder("bare") / name))
                # Day by day, where a table goes on from its own day before.
                options += f", PARTITION_BY ({quoted(column)}), WRITE_PARTITION_COLUMNS, APPEND"
            connection.execute(f"COPY ({select}) TO {to} ({options})")


def _selects(
    warehouse: Warehouse, settings: Settings, connection: DuckDBPyConnection, window: Window
) -> Iterator[tuple[str, str]]:
    """Name and bare SELECT of each table, its inputs in place of their names."""
    for table in warehouse.tables.values():
        for name, reads in table.reads.items():
            source = warehouse.table(name)
            shown = shown_rows(source, reads, _rows_so_far(source), window)
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {shown}")
        if table.source:
            yield table.name, f"SELECT * FROM read_parquet({_file('raw', table.name)})"
        elif table.rows:
            connection.register("streamed_rows", table.rows(settings))
            yield table.name, "SELECT * FROM streamed_rows"
        elif table.sql and table.materialization.earlier:
            for day in window:
                own = _rows_so_far(table) if day > window.start else no_rows(table.spec.columns)
                connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(table.name)} AS {own}")
                yield table.name, Statement(table, table.sql).text(Window.of_day(day))
        elif table.sql:
            yield table.name, Statement(table, table.sql).text(window)
        elif table.logs:
            [log] = table.logs
            source = warehouse.table(log)
            yield (
                table.name,
                table.materialization.rows_sql(table, source, quoted(log), list(window)),
            )
        else:
            # Rows are recorded by people, and nobody was here.
            yield table.name, no_rows(table.spec.columns)


def _session():
    from resources.duckdb.engine import duckdb_session

    return duckdb_session(load_settings())


def _rows_so_far(table: Table) -> str:
    """A SELECT of what the bare SQL has written of a table."""
    folder = _folder("bare")
    for files in (folder / f"{table.name}.parquet", folder / table.name / "*" / "*.parquet"):
        if any(folder.glob(str(files.relative_to(folder)))):
            return (
                f"SELECT * FROM read_parquet({text_literal(str(files))}, hive_partitioning = false)"
            )
    return no_rows(table.spec.columns)


def _file(kind: str, name: str) -> str:
    return text_literal(str(_folder(kind) / f"{name}.parquet"))


def _folder(kind: str) -> Path:
    folder = load_settings().home / kind
    folder.mkdir(exist_ok=True)
    return folder


if __name__ == "__main__":
    what, first, last = sys.argv[1:]
    days = Window.of_days(date.fromisoformat(first), date.fromisoformat(last))
    {"ours": ours, "raw": raw, "bare": bare}[what](days)
