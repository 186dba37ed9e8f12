"""Every kind of bar in a few minutes: fewer rows, fewer days, fewer runs; `make bench-quick`.

What does not grow with the rows weighs more here: where a bar is a ratio of seconds, it is the one
of so many rows, and the name says how many. The figures of docs/benchmarks.md are of `make bench`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from rich.console import Console

from benchmarks import commands, finance_day, load_definitions, sample_shop, year_backfill
from benchmarks.lake import (
    audit,
    commits,
    memory,
    merge_changes,
    read_partitions,
    replace_partition,
    skew,
)
from benchmarks.measure import Line, line
from benchmarks.reconciliation import all_rules, mariadb, rule
from resources.lake.model.window import Window

ROWS = 2_000_000
FORTNIGHT = Window.of_days(date(2026, 1, 1), date(2026, 1, 14))
SECONDS_BAR = 240.0

QUICK: dict[str, Callable[[], list[Line]]] = {
    "replace_partition": lambda: replace_partition.run(ROWS, runs=3),
    "audit": lambda: audit.run(ROWS),
    "read_partitions": lambda: read_partitions.run(ROWS),
    "commits": lambda: commits.run(commits=100),
    "merge_changes": lambda: merge_changes.run(ROWS),
    "skew": lambda: skew.run(ROWS),
    "memory": lambda: memory.run(ROWS // 2),
    "load_definitions": lambda: load_definitions.run(runs=2),
    "commands": lambda: commands.on_demo(orders=100, days=2, runs=1),
    "finance_day": lambda: finance_day.small(runs=1),
    # The start of both processes weighs more than in a year.
    "year_backfill": lambda: year_backfill.backfill(FORTNIGHT, ratio_bar=5.0, outside_bar=40.0),
    # As many rows a day as 10M are in a month.
    "rule": lambda: rule.against_bare(ROWS, runs=1, days=6),
    "all_rules": lambda: all_rules.run(2_000),
    # Thirty publishes weigh more than the rows here: the ratios have no bars.
    "mariadb": lambda: mariadb.run(ROWS // 10, limit=10.0, runs=1, bars=False),
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
