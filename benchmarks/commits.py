"""Does a commit stay as fast after 1,000 commits? Ratio of the 1,000th to the 10th publish.

Two histories: 30 dates rewritten again and again, and 1,000 dates, one commit each.
"""

from __future__ import annotations

import statistics
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
from rich import print as show

from resources.lake.lake import Lake
from resources.lake.publication import PublishContext
from resources.lake.table_spec import ColumnSpec, TableSpec
from resources.lake.window import Window
from resources.settings import Settings

COMMITS = 1_000
BAR = 1.5

_FIRST = date(2026, 1, 1)
_SPEC = TableSpec(
    namespace="fact",
    name="bench_commits",
    doc="A table of few rows and many commits.",
    columns=(
        ColumnSpec("order_id", "BIGINT", "Order."),
        ColumnSpec("pay_amount", "DECIMAL(18,2)", "What was paid."),
        ColumnSpec("dt", "DATE", "Business date."),
    ),
    partition_column="dt",
)


def commit_seconds(commits: int, dates: int) -> list[float]:
    """Seconds of the publish step of each of `commits` runs, over `dates` dates in turn."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        lake = Lake(Settings(home=Path(folder)))
        context = PublishContext(run_id="bench", code_version="1")
        return [
            lake.publish(
                _SPEC,
                Window.of_day(day),
                "SELECT range AS order_id, 1.25::DECIMAL(18,2) AS pay_amount, "
                f"DATE '{day}' AS dt FROM range(3)",
                connection,
                context,
            ).seconds["publish"]
            for number in range(commits)
            for day in [_FIRST + timedelta(days=number % dates)]
        ]


def run() -> list[dict[str, object]]:
    """One line a history: how many times slower the last commits are than the 10th ones."""
    results: list[dict[str, object]] = []
    for name, dates in (("30 dates", 30), (f"{COMMITS} dates", COMMITS)):
        seconds = commit_seconds(COMMITS, dates)
        early, late = statistics.median(seconds[5:15]), statistics.median(seconds[-10:])
        results.append(
            {
                "bench": f"commit {COMMITS} against commit 10, {name} "
                f"({early * 1000:.0f} ms to {late * 1000:.0f} ms)",
                "value": round(late / early, 2),
                "bar": f"<= {BAR}x",
                "ok": late / early <= BAR,
            }
        )
    return results


if __name__ == "__main__":
    for line in run():
        show(line)
