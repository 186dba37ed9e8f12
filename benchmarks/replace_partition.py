"""Replacing partitions, audited and published, against a bare DuckDB COPY of the same query."""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import (
    CHECKS,
    ORDER_LINES,
    ROWS,
    Line,
    bench_settings,
    bounded_connection,
    days_window,
    in_turn,
    line,
    main,
    remove,
    scratch_folder,
    write_order_lines,
)
from resources.engines.duckdb_engine import duckdb_session
from resources.lake.lake import Lake
from resources.lake.publication import PublishContext
from resources.lake.publish import Published
from resources.lake.table_spec import TableSpec

DAYS = 30

CHECKED = replace(ORDER_LINES, rules=CHECKS)
KEYED = replace(CHECKED, name="bench_keyed", key=("order_line_id",))
TEXT_KEYED = replace(CHECKED, name="bench_text_keyed", key=("order_no", "order_line_id"))


def run(rows: int = ROWS) -> list[Line]:
    """Ratios of seconds, and the seconds of a publish alone."""
    lines: list[Line] = []
    with scratch_folder() as folder:
        query = write_order_lines(folder / "day.parquet", rows)
        for spec, what, bar in (
            (CHECKED, "12 checks", 1.25),
            (KEYED, "12 checks, unique key", 1.5),
            (TEXT_KEYED, "12 checks, unique key of text and number", 1.5),
        ):
            name = f"replace a partition of {rows:,} rows, {what}"
            lines += compare(folder, spec, query, name, bar)
        remove(folder / "day.parquet")
        query = write_order_lines(folder / "days.parquet", rows, DAYS)
        name = f"replace {DAYS} partitions of {rows:,} rows in one commit, 12 checks"
        lines += compare(folder, CHECKED, query, name, 1.25, DAYS)
    return lines


def compare(
    folder: Path, spec: TableSpec, query: str, name: str, bar: float, days: int = 1
) -> list[Line]:
    """Publishing `query` against copying it, and the publish step alone."""
    # A home of its own: a process keeps the catalogs it has opened.
    settings = bench_settings(folder / f"home_{spec.name}_{days}")
    lake = Lake(settings)
    target = folder / "bare"
    split = "" if days == 1 else ", PARTITION_BY (dt), WRITE_PARTITION_COLUMNS"
    done: list[Published] = []

    def bare() -> None:
        with bounded_connection(folder) as connection:
            connection.execute(
                f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd{split})"
            )

    def ours() -> None:
        with duckdb_session(settings) as connection:
            context = PublishContext(run_id="bench", code_version="1")
            done.append(lake.publish(spec, days_window(days), query, connection, context))

    def tidy() -> None:
        remove(target)
        lake.upkeep(spec)

    ours()  # the table is there, so that what is measured replaces rows
    ratio, our_seconds, bare_seconds = in_turn(ours, bare, tidy)
    remove(settings.home)
    parts = {
        part: statistics.median(each.seconds[part] for each in done[1:])
        for part in ("stage", "audit", "publish")
    }
    detail = ", ".join(f"{part} {taken:.2f}" for part, taken in parts.items())
    seconds = f"{our_seconds:.2f} s: {detail}; bare {bare_seconds:.2f} s"
    return [
        line(f"{name}, ratio ({seconds})", ratio, bar),
        line("  its publish alone, ms", parts["publish"] * 1000, 100.0),
    ]


if __name__ == "__main__":
    main(run)
