"""Replacing partitions, audited and published, against a bare DuckDB COPY of the same query.

Each run publishes other rows than are there. Bare is COPY with Zstandard at its default level, 3;
the lake writes level 2, and one line compares with a COPY that does so too.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path

from benchmarks.measure import (
    CHECKS,
    ORDER_LINES,
    ROWS,
    RUNS,
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
from resources.duckdb.engine import duckdb_session
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import TableSpec
from resources.lake.publish.table_write import Published
from resources.lake.write.staging import COMPRESSION_LEVEL

DAYS = 30

CHECKED = replace(ORDER_LINES, rules=CHECKS)
KEYED = replace(CHECKED, name="bench_keyed", key=("order_line_id",))
TEXT_KEYED = replace(CHECKED, name="bench_text_keyed", key=("order_no", "order_line_id"))


SEEDS = (0.5, -0.5)
"""Of the rows that are published in turn: each run finds other rows in the partition."""

LARGE = 20_000_000


def run(rows: int = ROWS, runs: int = RUNS) -> list[Line]:
    """Ratios of seconds, and the seconds of a publish alone."""
    lines: list[Line] = []
    # What does not grow with the rows weighs more where they are fewer.
    bar = 1.25 if rows >= LARGE else 1.35
    with scratch_folder() as folder:
        queries = _queries(folder, rows, 1)
        for spec, what, most in (
            (CHECKED, "12 checks", bar),
            (KEYED, "12 checks, unique key", 1.5),
            (TEXT_KEYED, "12 checks, unique key of text and number", 1.5),
        ):
            name = f"replace a partition of {rows:,} rows, {what}"
            lines += compare(folder, spec, queries, name, most, runs=runs)
        lines.insert(2, _at_the_same_level(folder, queries, lines[1], runs))
        queries = _queries(folder, rows, DAYS)
        name = f"replace {DAYS} partitions of {rows:,} rows in one commit, 12 checks"
        lines += compare(folder, CHECKED, queries, name, bar, DAYS, runs)
    return lines


def _queries(folder: Path, rows: int, days: int) -> list[str]:
    return [
        write_order_lines(folder / f"rows_{number}.parquet", rows, days, seed=seed)
        for number, seed in enumerate(SEEDS)
    ]


def compare(
    folder: Path,
    spec: TableSpec,
    queries: Sequence[str],
    name: str,
    bar: float,
    days: int = 1,
    runs: int = RUNS,
) -> list[Line]:
    """Publishing the queries in turn against copying them, and the publish step alone."""
    # A home of its own: a process keeps the catalogs it has opened.
    settings = bench_settings(folder / f"home_{spec.name}_{days}")
    lake = Lake(settings)
    target = folder / "bare"
    split = "" if days == 1 else ", PARTITION_BY (dt), WRITE_PARTITION_COLUMNS"
    done: list[Published] = []
    copied = cycle(queries)
    published = cycle(queries)

    def bare() -> None:
        _copy(folder, next(copied), target, split)

    def ours() -> None:
        with duckdb_session(settings) as connection:
            context = PublishContext(run_id="bench", code_version="1")
            query = next(published)
            done.append(lake.publish(spec, days_window(days), query, connection, context))

    def tidy() -> None:
        remove(target)
        lake.maintain(spec)

    ours()  # the table is there, so that what is measured replaces rows
    compared = in_turn(ours, bare, tidy, runs)
    _require_changed(lake, spec)
    remove(settings.home)
    parts = {
        part: statistics.median(each.seconds[part] for each in done[1:])
        for part in ("stage", "audit", "publish")
    }
    detail = ", ".join(f"{part} {taken:.2f}" for part, taken in parts.items())
    seconds = f"{compared.seconds:.2f} s: {detail}; bare {compared.bare_seconds:.2f} s"
    return [
        line(f"{name}, ratio ({seconds})", compared.ratio, bar),
        line("  the same in CPU seconds", compared.cpu_ratio),
        line("  its publish alone, ms", parts["publish"] * 1000, 100.0),
    ]


def _copy(folder: Path, query: str, target: Path, options: str) -> None:
    with bounded_connection(folder) as connection:
        connection.execute(
            f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd{options})"
        )


def _at_the_same_level(folder: Path, queries: Sequence[str], ours: Line, runs: int) -> Line:
    """Our CPU seconds against those of a COPY at the level that the lake writes."""
    target = folder / "bare"
    at_level = f", COMPRESSION_LEVEL {COMPRESSION_LEVEL}"
    levels = in_turn(
        partial(_copy, folder, queries[0], target, at_level),
        partial(_copy, folder, queries[0], target, ""),
        partial(remove, target),
        runs,
    )
    ratio = ours["value"]
    assert isinstance(ratio, float)
    what = f"  against COPY at Zstandard's level {COMPRESSION_LEVEL}, as the lake writes, CPU"
    return line(what, ratio / levels.cpu_ratio)


def _require_changed(lake: Lake, spec: TableSpec) -> None:
    """Rows that are the same again would not be what is to be measured."""
    if lake.snapshot(spec).unchanged:
        raise AssertionError(f"{spec.name}: a run published the rows that were there")


if __name__ == "__main__":
    main(run)
