"""One business date of every table, in one process, against the bare SQL of the same tables."""

from __future__ import annotations

import statistics
import tempfile
from datetime import date, timedelta
from pathlib import Path

from benchmarks.all_tables import ShopOnDisk
from benchmarks.measure import Line, line
from resources.lake.model.window import Window

DAY = date(2026, 11, 1)
OPENED = DAY - timedelta(days=8)
"""The shop's first day: by DAY it has refunds, payouts and settlements of the days before."""

SMALL, LARGE = 1_000, 1_000_000
SECONDS_BAR, RATIO_BAR, RERUN_BAR, MEMORY_BAR_MIB = 25.0, 1.5, 1.0, 2048.0


def run(runs: int = 3) -> list[Line]:
    """The bars of a small and of a large shop's day."""
    return [*small(runs), *_large(runs)]


def small(runs: int) -> list[Line]:
    """A day that is mostly Dagster's."""
    with tempfile.TemporaryDirectory(prefix="ledgerlake-bench-") as folder:
        day = ShopOnDisk(Path(folder), SMALL, OPENED, Window.of_day(DAY))
        runs_of_ours = [day.first, *(day.ours() for _ in range(runs - 1))]
        ours = statistics.median(each.seconds for each in runs_of_ours)
        bare = statistics.median(day.bare().seconds for _ in range(runs))
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
        # The default is for a shop of some thousand orders; both sides get the same.
        day = ShopOnDisk(Path(folder), LARGE, OPENED, Window.of_day(DAY), memory="1GiB")
        for _ in range(runs):
            bare = day.bare()
            first = day.ours()
            again = day.ours(again=True)
            ratios.append(first.seconds / bare.seconds)
            reruns.append(again.seconds / first.seconds)
            peaks.append(first.peak_mib)
            seconds.append(first.seconds)
    name = f"a day of all tables at {LARGE:,} orders, one process"
    return [
        line(f"{name}, against the bare SQL", statistics.median(ratios), RATIO_BAR),
        line("  seconds", statistics.median(seconds)),
        line("  peak memory, MiB", max(peaks), MEMORY_BAR_MIB),
        line("  run again, against the first run", statistics.median(reruns), RERUN_BAR),
    ]
