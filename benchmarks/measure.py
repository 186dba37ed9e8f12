"""What the benchmarks share: order lines of any number, measuring in turn, one table of results."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import duckdb
from rich.console import Console
from rich.table import Table

from resources.lake.model.table_spec import ColumnSpec, Rule, TableSpec
from resources.lake.model.window import Window
from resources.settings import Settings

ROWS = 20_000_000
RUNS = 5
FIRST_DAY = date(2026, 3, 1)
ROOT = Path(__file__).parent.parent

T = TypeVar("T")

# name, value, bar and whether the value is within it; a line without a bar only informs.
Line = dict[str, object]

ORDER_LINES = TableSpec(
    namespace="fact",
    name="bench_order_line",
    doc="Nine columns of order lines.",
    columns=(
        ColumnSpec("order_line_id", "BIGINT", "Order line."),
        ColumnSpec("order_no", "VARCHAR", "Order."),
        ColumnSpec("user_id", "BIGINT", "Buyer, one in a million, skewed."),
        ColumnSpec("sku_id", "BIGINT", "One of 100,000, skewed."),
        ColumnSpec("quantity", "BIGINT", "Pieces."),
        ColumnSpec("pay_amount", "DECIMAL(18,2)", "What was paid."),
        ColumnSpec("discount_amount", "DECIMAL(18,2)", "What was not."),
        ColumnSpec("ordered_at", "TIMESTAMP WITH TIME ZONE", "When."),
        ColumnSpec("dt", "DATE", "Business date."),
    ),
    partition_column="dt",
)

# Twelve checks of the kinds contracts have. Seven are bounds, which statistics can prove for rows
# that pass; five are not.
CHECKS = (
    Rule("order_line_id_ge", "ge", "order_line_id >= 1", column="order_line_id", minimum="1"),
    Rule("user_id_ge", "ge", "user_id >= 1", column="user_id", minimum="1"),
    Rule("sku_id_ge", "ge", "sku_id >= 1", column="sku_id", minimum="1"),
    Rule("quantity_ge", "ge", "quantity >= 1", column="quantity", minimum="1"),
    Rule("pay_amount_ge", "ge", "pay_amount >= 0", column="pay_amount", minimum="0"),
    Rule("discount_ge", "ge", "discount_amount >= 0", column="discount_amount", minimum="0"),
    Rule("quantity_le", "le", "quantity <= 99", column="quantity", maximum="99"),
    Rule("quantity_isin", "isin", "quantity IN (1, 2, 3, 4, 5)", column="quantity"),
    Rule("sku_id_known", "isin", "sku_id NOT IN (-1, 0, 999999999)", column="sku_id"),
    Rule("order_no_length", "str_length", "length(order_no) = 14", column="order_no"),
    Rule("order_no_prefix", "str_startswith", "starts_with(order_no, 'SO')", column="order_no"),
    Rule("discount_le_pay", "custom", "discount_amount <= pay_amount", column="discount_amount"),
)


def write_order_lines(
    path: Path, rows: int, days: int = 1, broken: bool = False, seed: float = 0.5
) -> str:
    """Write order lines as one Parquet file and return a SELECT of it.

    The days follow one another, as the partitions of an input do. `broken`: nine rows in ten break
    the checks, the two bounds of the quantity in turn. Of another `seed`, between -1 and 1, the
    same lines have other buyers, SKUs, amounts and instants.
    """
    bad = "line % 10 <> 0" if broken else "false"
    sql = f"""
        SELECT
            if({bad}, -line, line * 3) AS order_line_id,
            if({bad}, 'bad', 'SO') || lpad(CAST(line // 3 AS VARCHAR), 12, '0') AS order_no,
            if({bad}, 0, CAST(1 + floor(pow(random(), 3) * 1000000) AS BIGINT)) AS user_id,
            if({bad}, 0, CAST(1 + floor(pow(random(), 4) * 100000) AS BIGINT)) AS sku_id,
            if({bad}, if(line % 2 = 0, 0, 100), CAST(1 + floor(random() * 5) AS BIGINT))
                AS quantity,
            CAST(if({bad}, -5, 10 + floor(random() * 100000) / 100) AS DECIMAL(18,2))
                AS pay_amount,
            CAST(if({bad}, -1, floor(random() * 1000) / 100) AS DECIMAL(18,2)) AS discount_amount,
            TIMESTAMPTZ '2026-03-01 00:00:00Z' + to_seconds(CAST(random() * 86400 AS BIGINT))
                AS ordered_at,
            DATE '{FIRST_DAY}' + CAST((number * {days}) // {rows} AS INTEGER) AS dt
        FROM (SELECT range AS number, 1 + (range * 7919) % {rows} AS line FROM range({rows}))
    """
    with bounded_connection(path.parent) as connection:
        connection.execute(f"SELECT setseed({seed})")
        # Threads would share the random numbers out as they come.
        connection.execute("SET threads = 1")
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    columns = ", ".join(column.name for column in ORDER_LINES.columns)
    return f"SELECT {columns} FROM read_parquet('{path}')"


def days_window(days: int) -> Window:
    """The window that the order lines of so many days fill."""
    return Window.of_days(FIRST_DAY, date.fromordinal(FIRST_DAY.toordinal() + days - 1))


def bench_settings(home: Path) -> Settings:
    """Settings as delivered, but the lake is at `home` and keeps no old files."""
    return Settings(home=home, snapshots_kept=1, orphan_hours=0)


@contextmanager
def bounded_connection(folder: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """DuckDB alone, within the memory and threads that the lake's sessions have by default."""
    settings = bench_settings(folder)
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{settings.memory}'")
        connection.execute(f"SET threads = {settings.threads}")
        connection.execute(f"SET temp_directory = '{folder / 'bare_spill'}'")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@contextmanager
def scratch_folder() -> Generator[Path]:
    """A folder for gigabytes, removed at the end; `TMPDIR` says on which disk."""
    with tempfile.TemporaryDirectory(prefix="ledgerlake-bench-") as folder:
        yield Path(folder)


@dataclass(frozen=True)
class Compared:
    """Ours against bare: the median ratios of wall and of CPU seconds, and both medians of wall.

    The ratio of CPU seconds (user and system, of this process) hardly changes with other work on
    the machine; the one of wall seconds is what a person feels.
    """

    ratio: float
    cpu_ratio: float
    seconds: float
    bare_seconds: float


def in_turn(
    ours: Callable[[], object],
    bare: Callable[[], object],
    tidy: Callable[[], object] = lambda: None,
    runs: int = RUNS,
) -> Compared:
    """Turns of bare and ours; `tidy` is called after each, outside the measured time."""
    taken: list[tuple[float, float, float, float]] = []
    for _ in range(runs):
        bare_cpu, (bare_seconds, _) = cpu_of(lambda: timed(bare))
        tidy()
        our_cpu, (our_seconds, _) = cpu_of(lambda: timed(ours))
        tidy()
        taken.append((our_seconds, bare_seconds, our_cpu, bare_cpu))
    return Compared(
        ratio=statistics.median(mine / other for mine, other, _, _ in taken),
        cpu_ratio=statistics.median(mine / other for _, _, mine, other in taken),
        seconds=statistics.median(each[0] for each in taken),
        bare_seconds=statistics.median(each[1] for each in taken),
    )


def cpu_of(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of `work`, user and system, in this process and its ended children."""
    begun = _cpu_seconds()
    result = work()
    return _cpu_seconds() - begun, result


def _cpu_seconds() -> float:
    # Of this process to the nanosecond, of its children in hundredths of a second.
    return time.process_time() + sum(os.times()[2:4])


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Wall seconds of `work`, begun with nothing left to be written back to disk; its result."""
    os.sync()
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def remove(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def own_peak_mib() -> float:
    """Peak resident memory of this process so far, in MiB.

    From the kernel's VmHWM: `getrusage` would count the peak of the process that started us.
    """
    for each in Path("/proc/self/status").read_text().splitlines():
        if each.startswith("VmHWM:"):
            return int(each.split()[1]) / 1024
    raise OSError("this kernel does not tell VmHWM")


def line(bench: str, value: float, bar: float | None = None) -> Line:
    """One result; within its bar if it is not above it."""
    return {"bench": bench, "value": value, "bar": bar, "ok": bar is None or value <= bar}


def at_least(bench: str, value: float, bar: float | None = None) -> Line:
    """One result that is within its bar if it is not below it."""
    told = None if bar is None else f"at least {bar:,g}"
    return {"bench": bench, "value": value, "bar": told, "ok": bar is None or value >= bar}


def show(lines: Iterable[Line]) -> bool:
    """Print the results as one table; whether all are within their bars."""
    table = Table("what", "value", "bar", "")
    table.columns[1].justify = table.columns[2].justify = "right"
    all_ok = True
    for each in lines:
        bar, ok = each["bar"], bool(each["ok"])
        all_ok = all_ok and ok
        mark = "" if bar is None else "[green]within" if ok else "[red]missed"
        table.add_row(str(each["bench"]), _shown(each["value"]), _shown(bar), mark)
    Console().print(table)
    return all_ok


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}".removesuffix(".00") if isinstance(value, float) else str(value)


def main(run: Callable[[int], list[Line]], rows: int = ROWS) -> None:
    """Run one benchmark from the command line; `--rows` scales it down for a quick look."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=rows, help="rows in all")
    show(run(parser.parse_args().rows))
