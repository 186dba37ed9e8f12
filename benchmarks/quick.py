"""Every kind of bar in a few minutes: fewer rows, fewer days, fewer runs; `make bench-quick`.

What does not grow with the rows weighs more here: where a bar is a ratio of seconds, it is the one
of so many rows, and the name says how many. The figures of docs/benchmarks.md are of `make bench`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from rich.console import Console

from benchmarks import (
    audit,
    commands,
    commits,
    finance_day,
    load_definitions,
    memory,
    merge_changes,
    read_partitions,
    replace_partition,
    sample_shop,
    skew,
    year_backfill,
)
from benchmarks.measure import Line, line
from resources.lake.window import Window

ROWS = 2_000_000
MONTH = Window.of_days(date(2026, 1, 1), date(2026, 1, 31))
SECONDS_BAR = 240.0

QUICK: dict[str, Callable[[], list[Line]]] = {
    "replace_partition": lambda: replace_partition.run(ROWS, runs=3),
    "audit": lambda: audit.run(ROWS),
    "read_partitions": lambda: read_partitions.run(ROWS),
    "commits": lambda: commits.run(commits=100),
    "merge_changes": lambda: merge_changes.run(ROWS),
    "skew": lambda: skew.run(ROWS),
    "memory": lambda: memory.run(ROWS),
    "load_definitions": load_definitions.run,
    "commands": lambda: commands.on_demo(orders=100, days=2, runs=1),
    "finance_day": lambda: finance_day.small(runs=1),
    "year_backfill": lambda: year_backfill.backfill(MONTH),
    "sample_shop": lambda: sample_shop.run(ROWS // 10),
}


def lines() -> list[Line]:
    """The lines of all of them, and what they took together; progress goes to standard error."""
    begun = time.perf_counter()
    told = Console(stderr=True)
    found: list[Line] = []
    for name, run in QUICK.items():
        started = time.perf_counter()
        found += run()
        told.print(f"{name}: {time.perf_counter() - started:.0f} s")
    seconds = time.perf_counter() - begun
    return [*found, line("all of these, seconds", seconds, SECONDS_BAR)]
