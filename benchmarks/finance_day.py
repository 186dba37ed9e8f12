"""One business date of every table, in one process, against the bare SQL of the same tables.

Ours is `ledgerlake materialize`, Dagster included. The bare SQL reads raw Parquet of every source
(as typed as the ODS tables are, so that it parses no text) and writes each table as one Parquet
file: no catalog, no checks, no events, and none of the three tables made of JSON. Both begin with a
new process.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import ROOT, Line, line, own_peak_mib, timed
from resources.identifiers import quoted, text_literal
from resources.lake.lake import Lake
from resources.lake.window import Window
from resources.settings import Settings, load_settings
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.newest_versions import shown_rows
from warehouse_assets.modeling.statement import Statement
from warehouse_assets.modeling.warehouse import Warehouse, load_warehouse

DAY = date(2026, 11, 1)
OPENED = DAY - timedelta(days=8)
"""The shop's first day: by DAY it has refunds, payouts and settlements of the days before."""

SMALL, LARGE = 1_000, 1_000_000
SECONDS_BAR, RATIO_BAR, RERUN_BAR, MEMORY_BAR_MIB = 25.0, 1.5, 1.0, 2048.0


def run(runs: int = 3) -> list[Line]:
    """The bars of a small and of a large shop's day."""
    return [*_small(runs), *_large(runs)]


def _small(runs: int) -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="ledgerlake-bench-") as folder:
        day = _Day(Path(folder), SMALL)
        ours = statistics.median(day.ours()[0] for _ in range(runs))
        bare = statistics.median(day.bare() for _ in range(runs))
    return [
        line(f"a day of all tables at {SMALL:,} orders, one process, seconds", ours, SECONDS_BAR),
        line("  against the bare SQL", ours / bare),
    ]


def _large(runs: int) -> list[Line]:
    ratios: list[float] = []
    reruns: list[float] = []
    peaks: list[float] = []
    seconds: list[float] = []
    with tempfile.TemporaryDirectory(prefix="ledgerlake-bench-") as folder:
        day = _Day(Path(folder), LARGE)
        for _ in range(runs):
            bare = day.bare()
            first, peak = day.ours()
            again, _ = day.ours(again=True)
            ratios.append(first / bare)
            reruns.append(again / first)
            peaks.append(peak)
            seconds.append(first)
    name = f"a day of all tables at {LARGE:,} orders, one process"
    return [
        line(f"{name}, against the bare SQL", statistics.median(ratios), RATIO_BAR),
        line("  seconds", statistics.median(seconds)),
        line("  peak memory, MiB", max(peaks), MEMORY_BAR_MIB),
        line("  run again, against the first run", statistics.median(reruns), RERUN_BAR),
    ]


class _Day:
    """A shop's day on disk: its landing folder, and the raw Parquet that the bare SQL reads."""

    def __init__(self, folder: Path, orders: int) -> None:
        self._home = folder / "home"
        # The default is for a shop of some thousand orders; both sides get the same.
        self._memory = "1GiB" if orders == LARGE else "384MiB"
        _fill(self._home, orders)
        self.ours()
        self._child("raw")

    def ours(self, again: bool = False) -> tuple[float, float]:
        """Wall seconds of the whole process, and its peak memory in MiB."""
        if not again:
            for name in ("warehouse", "dagster", "attempts"):
                shutil.rmtree(self._home / name, ignore_errors=True)
            (self._home / "catalog.db").unlink(missing_ok=True)
        seconds, printed = timed(lambda: self._child("ours"))
        return seconds, float(printed.split()[-1])

    def bare(self) -> float:
        """Wall seconds of a process that only runs the SQL."""
        return timed(lambda: self._child("bare"))[0]

    def _child(self, what: str) -> str:
        """Run one of the functions below in a process of its own; what it printed."""
        kept = {name: v for name, v in os.environ.items() if not name.startswith("LEDGERLAKE_")}
        environment = kept | {
            "LEDGERLAKE_HOME": str(self._home),
            "LEDGERLAKE_FIRST_DATE": DAY.isoformat(),
            "LEDGERLAKE_MEMORY": self._memory,
            "DAGSTER_HOME": str(self._home / "dagster"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.finance_day", what]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{what} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done.stdout


def _fill(home: Path, orders: int) -> None:
    from resources.sample_shop.fill import fill
    from resources.sample_shop.shop_settings import ShopSettings

    fill(home / "landing", ShopSettings(1, orders, OPENED), Window.of_day(DAY))


def ours() -> None:
    """The day through Dagster, as a person runs it."""
    from warehouse_assets.command_line.main import app

    if app(["materialize", "all", "--partition", DAY.isoformat()], standalone_mode=False):
        raise SystemExit(1)
    print(own_peak_mib())


def raw() -> None:
    """Write what each source delivered as one Parquet file with the types of its ODS table."""
    with _session() as connection:
        for table in load_warehouse().tables.values():
            if table.source:
                lake = Lake(load_settings())
                relation = lake.relation_sql(lake.pin(table.spec), {DAY: DAY})
                connection.execute(f"COPY ({relation}) TO {_file('raw', table.name)}")


def bare() -> None:
    """Each table's SELECT, inputs first, from Parquet to Parquet."""
    settings, warehouse = load_settings(), load_warehouse()
    with _session() as connection:
        functions.install(connection, settings.time_zone)
        for name, select in _selects(warehouse, settings, connection):
            connection.execute(
                f"COPY ({select}) TO {_file('bare', name)} (FORMAT parquet, COMPRESSION zstd)"
            )


def _selects(
    warehouse: Warehouse, settings: Settings, connection: object
) -> Iterator[tuple[str, str]]:
    """Name and bare SELECT of each table, its inputs in place of their names."""
    day = Window.of_day(DAY)
    for table in warehouse.tables.values():
        for name, reads in table.reads.items():
            relation = f"SELECT * FROM read_parquet({_file('bare', name)})"
            shown = shown_rows(warehouse.table(name), reads, relation, day)
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {shown}")
        if table.source:
            yield table.name, f"SELECT * FROM read_parquet({_file('raw', table.name)})"
        elif table.rows:
            connection.register("streamed_rows", table.rows(settings))
            yield table.name, "SELECT * FROM streamed_rows"
        elif table.sql:
            yield table.name, Statement(table, table.sql).text(day)
        elif table.kind:
            [log] = table.kind.logs
            source = warehouse.table(log)
            yield table.name, table.kind.rows_sql(table, source, quoted(log), [DAY])


def _session():
    from resources.engines.duckdb_engine import duckdb_session

    return duckdb_session(load_settings())


def _file(kind: str, name: str) -> str:
    folder = load_settings().home / kind
    folder.mkdir(exist_ok=True)
    return text_literal(str(folder / f"{name}.parquet"))


if __name__ == "__main__":
    {"ours": ours, "raw": raw, "bare": bare}[sys.argv[1]]()
