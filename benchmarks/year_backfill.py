"""A year of every table in one run, in the default memory, against the bare SQL of the same."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from benchmarks.all_tables import ShopOnDisk
from benchmarks.measure import Line, line
from resources.lake.model.window import Window

YEAR = Window.of_days(date(2025, 1, 1), date(2025, 12, 31))
ORDERS = 30
RATIO_BAR, OUTSIDE_BAR, MEMORY_BAR_MIB = 4.0, 25.0, 1024.0


def run() -> list[Line]:
    """The bars of a year of a small shop."""
    return backfill(YEAR)


def backfill(
    window: Window, ratio_bar: float = RATIO_BAR, outside_bar: float = OUTSIDE_BAR
) -> list[Line]:
    """Wall and CPU seconds against the bare SQL; what Dagster takes of them; the peak of memory."""
    with tempfile.TemporaryDirectory(prefix="ledgerlake-bench-") as folder:
        shop = ShopOnDisk(Path(folder), ORDERS, window.start, window)
        ours, bare = shop.first, shop.bare()
    outside = 100 * (1 - ours.publishing / ours.seconds)
    name = f"{len(window)} days of all tables at {ORDERS} orders a day in one run"
    return [
        line(
            f"{name}, against the bare SQL ({ours.seconds:.0f} s; bare {bare.seconds:.0f} s)",
            ours.seconds / bare.seconds,
            ratio_bar,
        ),
        line("  the same in CPU seconds", ours.cpu / bare.cpu),
        line(
            "  outside of publishing: Dagster, its events, start, % of the time",
            outside,
            outside_bar,
        ),
        line("  peak memory of the process, MiB", ours.peak_mib, MEMORY_BAR_MIB),
    ]
