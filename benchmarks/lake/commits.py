"""Does a commit stay as fast after 1,000 commits? The 1,000th publish against the 10th.

Two histories: few dates published again and again, and a new date with every commit. The young
and the old table are published to in turn, the same kind of change, so that both feel the same
noise of the machine.
"""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
from rich import print as show

from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.model.window import Window
from resources.settings import Settings

COMMITS = 1_000
ROUNDS = 11
BAR = 1.5

_FIRST = date(2026, 1, 1)
_YOUNG = TableSpec(
    namespace="fact",
    name="young",
    doc="A table of few rows and few commits.",
    columns=(
        ColumnSpec("order_id", "BIGINT", "Order."),
        ColumnSpec("pay_amount", "DECIMAL(18,2)", "What was paid."),
        ColumnSpec("dt", "DATE", "Business date."),
    ),
    partition_column="dt",
)
_OLD = replace(_YOUNG, name="old", doc="A table of few rows and many commits.")


def commit_seconds(dates_young: int, dates_old: int, commits: int) -> tuple[float, float]:
    """Median seconds of the publish step around the 10th commit and around the last.

    The number of dates says after how many commits a table's first date comes again.
    """
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        lake = Lake(Settings(home=Path(folder)))
        context = PublishContext(run_id="bench", code_version="1")

        def publish(spec: TableSpec, number: int) -> float:
            day = _FIRST + timedelta(days=number)
            select_sql = (
                "SELECT range AS order_id, 1.25::DECIMAL(18,2) AS pay_amount, "
                f"DATE '{day}' AS dt FROM range(3)"
            )
            published = lake.publish(spec, Window.of_day(day), select_sql, connection, context)
            return published.seconds["publish"]

        before = ROUNDS // 2
        for number in range(commits - before):
            publish(_OLD, number % dates_old)
        for number in range(10 - before):
            publish(_YOUNG, number % dates_young)
        young: list[float] = []
        old: list[float] = []
        for turn in range(ROUNDS):
            young.append(publish(_YOUNG, (10 - before + turn) % dates_young))
            old.append(publish(_OLD, (commits - before + turn) % dates_old))
    return statistics.median(young), statistics.median(old)


def run(commits: int = COMMITS) -> list[dict[str, object]]:
    """One line a history: how many times slower the last commit is than the 10th."""
    results: list[dict[str, object]] = []
    for name, dates_young, dates_old in (
        ("30 dates again and again", 5, 30),
        ("a new date each", 2 * commits, 2 * commits),
    ):
        young, old = commit_seconds(dates_young, dates_old, commits)
        results.append(
            {
                "bench": f"commit {commits:,} against commit 10, {name} "
                f"({young * 1000:.0f} ms, {old * 1000:.0f} ms)",
                "value": round(old / young, 2),
                "bar": BAR,
                "ok": old / young <= BAR,
            }
        )
    return results


if __name__ == "__main__":
    for line in run():
        show(line)
