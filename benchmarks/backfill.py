"""Thirty days of all tables in one run, against thirty runs of a day each: time and rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import Line, bench_settings, line, main, scratch_folder, timed
from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.duckdb.engine import duckdb_session
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

FIRST = date(2026, 1, 1)
DAYS = Window.of_days(FIRST, FIRST + timedelta(days=29))
ORDERS = 1_000
BAR = 0.6


def run(rows: int = ORDERS * 30) -> list[Line]:
    """Seconds of the backfill divided by those of the single days, whose rows must be the same."""
    with scratch_folder() as folder:
        settings = [_settings(folder, name) for name in ("together", "single")]
        shop = ShopSettings(1, rows // len(DAYS), FIRST, settings[0].time_zone)
        fill(settings[0].landing_folder, shop, DAYS)
        days = [Window.of_day(day) for day in DAYS]
        single = timed(lambda: _materialize(settings[1], days))[0]
        together = timed(lambda: _materialize(settings[0], [DAYS]))[0]
        same = _contents(settings[0]) == _contents(settings[1])
    name = f"30 days of all tables at {rows // len(DAYS):,} orders in one run"
    return [
        line(f"{name}, against single days", together / single, BAR),
        line("  seconds", together),
        {"bench": "  the same rows in every table", "value": float(same), "bar": 1.0, "ok": same},
    ]


def _settings(folder: Path, name: str) -> Settings:
    changes = {"first_date": FIRST, "landing": folder / "landing"}
    return bench_settings(folder / name).model_copy(update=changes)


def _materialize(settings: Settings, windows: Sequence[Window]) -> None:
    """Publish each table over one window after the other, then the next: inputs are complete."""
    warehouse, lake = load_warehouse(), Lake(settings)
    for table in warehouse.tables.values():
        for window in windows if table.partition_column else (None,):
            TableRun(table, window, "bench", warehouse, lake, settings).publish()


def _contents(settings: Settings) -> dict[str, tuple[int, int]]:
    """For each table its rows, and a sum of their hashes."""
    lake, found = Lake(settings), {}
    with duckdb_session(settings) as connection:
        for table in load_warehouse().tables.values():
            relation = lake.relation_sql(lake.snapshot(table.spec), None)
            found[table.name] = connection.execute(
                f"SELECT count(*), sum(hash(t)) FROM ({relation}) AS t"
            ).fetchone()
    return found


if __name__ == "__main__":
    main(run)
