"""One business date of every table at 1,000 orders: `ledgerlake materialize` and the bare SQL."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

DAY = date(2026, 11, 1)
ORDERS = 1_000
BAR_SECONDS = 15.0
ROOT = Path(__file__).parent.parent


def run(runs: int = 5) -> list[dict[str, object]]:
    """Wall seconds of a whole process for the day, and of a process that only runs the SQL."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _fill(home)
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(runs):
            shutil.rmtree(home / "warehouse", ignore_errors=True)
            shutil.rmtree(home / "dagster", ignore_errors=True)
            (home / "catalog.db").unlink(missing_ok=True)
            ours.append(_seconds(home, "-m", "benchmarks.finance_day", "materialize"))
            bare.append(_seconds(home, "-m", "benchmarks.finance_day", "bare"))
    median, bare_median = statistics.median(ours), statistics.median(bare)
    return [
        {
            "bench": f"a day of all tables at {ORDERS:,} orders, seconds of one process",
            "value": round(median, 2),
            "bar": BAR_SECONDS,
            "ok": median <= BAR_SECONDS,
        },
        {
            "bench": "the same against the bare SQL in one process, ratio",
            "value": round(median / bare_median, 2),
            "bar": None,
            "ok": True,
        },
    ]


def _environment(home: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("LEDGERLAKE_")}
    return {
        **kept,
        "LEDGERLAKE_HOME": str(home),
        "LEDGERLAKE_FIRST_DATE": DAY.isoformat(),
        "DAGSTER_HOME": str(home / "dagster"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": str(ROOT),
    }


def _seconds(home: Path, *arguments: str) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        check=True,
        capture_output=True,
        env=_environment(home),
        cwd=ROOT,
    )
    return time.perf_counter() - begun


def _fill(home: Path) -> None:
    from resources.lake.window import Window
    from resources.sample_shop.fill import fill
    from resources.sample_shop.shop_settings import ShopSettings

    fill(home / "landing", ShopSettings(1, ORDERS, DAY), Window.of_day(DAY))


def materialize() -> None:
    """The day through Dagster, as a person runs it."""
    from warehouse_assets.command_line.main import app

    app(["materialize", "all", "--partition", DAY.isoformat()])


def bare() -> None:
    """The day's SQL alone: DuckDB reads the files, runs each SELECT, writes Parquet."""
    import duckdb

    from resources.settings import load_settings
    from warehouse_assets.modeling import functions
    from warehouse_assets.modeling.warehouse import load_warehouse

    settings = load_settings()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        functions.install(connection, settings.time_zone)
        for table in load_warehouse().tables.values():
            select = _bare_select(connection, table, settings)
            connection.execute(f"COPY ({select}) TO '{folder}/{table.name}.parquet'")
            connection.execute(
                f"CREATE VIEW {table.name} AS FROM read_parquet('{folder}/{table.name}.parquet')"
            )


def _bare_select(connection: object, table: object, settings: object) -> str:
    from resources.lake.window import Window
    from warehouse_assets.modeling.statement import Statement

    if table.sql:
        return Statement(table, table.sql).text(Window.of_day(DAY))
    if table.rows:
        connection.register("streamed", table.rows(settings))
        return "FROM streamed"
    reader = {"csv": "read_csv", "jsonl": "read_json_auto", "parquet": "read_parquet"}
    files = settings.landing_folder / table.source.path / DAY.isoformat() / "[!_]*"
    given = {"source_file": "filename", "source_line": "0", "dt": f"DATE '{DAY}'"}
    columns = ", ".join(
        f"CAST({given.get(column.name, column.name)} AS {column.type}) AS {column.name}"
        for column in table.spec.columns
    )
    return f"SELECT {columns} FROM {reader[table.source.format]}('{files}', filename = true)"


if __name__ == "__main__":
    if sys.argv[1:] == ["materialize"]:
        materialize()
    elif sys.argv[1:] == ["bare"]:
        bare()
    else:
        for row in run():
            print(row)
