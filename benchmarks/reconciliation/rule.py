"""Rule 3, payments against channel bills: against bare SQL, with a skewed merchant, its memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from benchmarks.measure import (
    FIRST_DAY,
    Line,
    bench_settings,
    bounded_connection,
    cpu_of,
    in_turn,
    line,
    main,
    own_peak_mib,
    remove,
    scratch_folder,
    timed,
)
from benchmarks.reconciliation.bare import bare_sql
from benchmarks.reconciliation.payments import BILLS, PAYMENTS, RULE, Payments, days_of, reconcile
from resources.lake.lake import Lake
from resources.lake.maintenance.drop import drop_table
from resources.lake.model.window import Window
from resources.settings import Settings
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

ROWS = 10_000_000
DAYS = 30
BARE_BAR, SKEW_BAR, GROWTH_BAR, MEMORY_BAR = 1.5, 1.1, 1.15, 2048.0


# Of each state and currency: rows, the amounts of both sides and their difference.
Totals = dict[tuple[str, str], tuple[int | Decimal, ...]]


def run(rows: int = ROWS, runs: int = 3) -> list[Line]:
    """Ratios to bare SQL in as much memory, of a skewed merchant to even ones, and the peak."""
    return [*against_bare(rows, runs), *skew(rows // 10), *peaks(rows)]


def against_bare(rows: int, runs: int, days: int = DAYS) -> list[Line]:
    """The ratio to bare SQL whose result is the same; of so many rows a side over all days."""
    warehouse = load_warehouse()
    with scratch_folder() as folder:
        settings = published(folder / "home", warehouse, rows, days=days)
        ours = partial(from_the_start, settings, warehouse, days_of(days))
        bare = partial(_bare, settings, warehouse, folder / "bare")
        compared = in_turn(ours, bare, runs=runs)
        _require_equal(settings, warehouse, days_of(days))
        narrow_cpu, (narrow, _) = cpu_of(lambda: timed(partial(bare, wide=False)))
    what = f"rule 3, {rows:,} rows a side, {days} days, against bare SQL of the same columns"
    return [
        line(what, compared.ratio, BARE_BAR),
        line("  of CPU seconds", compared.cpu_ratio),
        line("  seconds", compared.seconds),
        line("  bare SQL, seconds", compared.bare_seconds),
        line(f"  bare SQL of 14 columns, seconds ({narrow_cpu:.1f} of CPU)", narrow),
    ]


def skew(rows: int, runs: int = 5) -> list[Line]:
    """Three days of so many rows in a month; of one merchant 30 % of them, against even ones."""
    warehouse = load_warehouse()
    with scratch_folder() as folder:
        skewed = published(folder / "skewed", warehouse, rows, share=0.3)
        even = published(folder / "even", warehouse, rows)
        ratio = in_turn(
            partial(from_the_start, skewed, warehouse, days_of(3)),
            partial(from_the_start, even, warehouse, days_of(3)),
            runs=runs,
        )
    what = f"rule 3, one merchant with 30 % of {rows // DAYS:,} rows a day, against even ones"
    return [line(what, ratio.cpu_ratio, SKEW_BAR)]


def peaks(rows: int) -> list[Line]:
    """The peak of a process that reconciles four times so many rows, and how it grew to it."""
    with scratch_folder() as folder:
        small, large = (_peak(folder / str(size), size) for size in (rows, 4 * rows))
    return [
        line(f"rule 3, peak of {4 * rows:,} rows a side, MiB", large, MEMORY_BAR),
        line(f"  growth from {rows:,}", large / small, GROWTH_BAR),
    ]


def published(
    home: Path, warehouse: Warehouse, rows: int, share: float = 0.0, days: int = DAYS
) -> Settings:
    """A lake in `home` with so many rows a side over all days, not reconciled yet."""
    settings = bench_settings(home).model_copy(update={"first_date": FIRST_DAY})
    Payments(days_of(days), rows // days, share).publish(settings, warehouse)
    return settings


def from_the_start(settings: Settings, warehouse: Warehouse, days: Window) -> None:
    """The rule over the days, none of which has been published before."""
    drop_table(settings, warehouse.table(RULE).spec)
    reconcile(settings, warehouse, days)


@contextmanager
def views(settings: Settings, warehouse: Warehouse, *names: str) -> Generator[DuckDBPyConnection]:
    """Bare DuckDB, in as much memory as the bar allows, with the tables' files as views."""
    lake = Lake(settings)
    with bounded_connection(settings.home.parent) as connection:
        connection.execute(f"SET memory_limit = '{int(MEMORY_BAR)}MiB'")
        for name in names:
            relation = lake.relation_sql(lake.snapshot(warehouse.table(name).spec), None)
            connection.execute(f"CREATE TEMP VIEW {name} AS {relation}")
        yield connection


def _bare(settings: Settings, warehouse: Warehouse, folder: Path, *, wide: bool = True) -> None:
    """Bare SQL over the same files, written as one Parquet file a day."""
    with views(settings, warehouse, PAYMENTS, BILLS) as connection:
        connection.execute(
            f"COPY ({bare_sql(wide=wide)}) TO '{folder}' "
            "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (dt))"
        )
    remove(folder)


def _require_equal(settings: Settings, warehouse: Warehouse, days: Window) -> None:
    """Raise unless both say the same of every item, by state and currency."""
    with views(settings, warehouse, PAYMENTS, BILLS, RULE) as connection:
        ours = totals(connection, final_results(days))
        bare = totals(connection, f"({bare_sql()})")
    if not ours or ours != bare:
        raise AssertionError(f"the results differ: ours {ours}, bare {bare}")


def final_results(days: Window) -> str:
    """Each item of the rule as it was left after the days, in FROM."""
    return f"(FROM {RULE} WHERE NOT is_open OR dt = DATE '{days.last}')"


def totals(connection: DuckDBPyConnection, results: str) -> Totals:
    """What results come to."""
    found = connection.execute(
        "SELECT state, currency, count(*), sum(left_amount), sum(right_amount), "
        f"sum(difference_amount) FROM {results} GROUP BY ALL"
    ).fetchall()
    return {(state, currency): tuple(figures) for state, currency, *figures in found}


def _peak(home: Path, rows: int) -> float:
    """The peak of a process of its own that reconciles so many rows a side, in MiB."""
    settings = published(home, load_warehouse(), rows)
    code = f"from benchmarks.reconciliation.rule import peak_here; peak_here({str(home)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    remove(settings.home)
    return float(done.stdout)


def peak_here(home: str) -> None:
    """Reconcile all days of a lake, and print the peak of this process in MiB."""
    settings = bench_settings(Path(home)).model_copy(update={"first_date": FIRST_DAY})
    reconcile(settings, load_warehouse(), days_of(DAYS))
    sys.stdout.write(str(own_peak_mib()))


if __name__ == "__main__":
    main(run, ROWS)
