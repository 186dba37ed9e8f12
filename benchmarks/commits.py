"""Does a commit stay as fast after 1,000 commits? The 1,000th publish against the 10th.

Two histories: 30 dates published again and again, and 1,000 dates, one commit each. The young
and the old table are published to in turn, so that both feel the same noise of the machine.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from dataclasses import replace
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


def commit_seconds(dates: int) -> tuple[float, float]:
    """Median seconds of the publish step around the 10th commit and around the 1,000th."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        lake = Lake(Settings(home=Path(folder)))
        context = PublishContext(run_id="bench", code_version="1")

        def publisher(spec: TableSpec) -> Callable[[int], float]:
            def publish(number: int) -> float:
                day = _FIRST + timedelta(days=number % dates)
                select_sql = (
                    "SELECT range AS order_id, 1.25::DECIMAL(18,2) AS pay_amount, "
                    f"DATE '{day}' AS dt FROM range(3)"
                )
                published = lake.publish(spec, Window.of_day(day), select_sql, connection, context)
                return published.seconds["publish"]

            return publish

        to_young, to_old = publisher(_YOUNG), publisher(_OLD)
        for number in range(COMMITS - ROUNDS // 2):
            to_old(number)
        for number in range(10 - ROUNDS // 2):
            to_young(number)
        pairs = [
            (to_young(10 - ROUNDS // 2 + turn), to_old(COMMITS - ROUNDS // 2 + turn))
            for turn in range(ROUNDS)
        ]
    return statistics.median(young for young, _ in pairs), statistics.median(
        old for _, old in pairs
    )


def run() -> list[dict[str, object]]:
    """One line a history: how many times slower the 1,000th commit is than the 10th."""
    results: list[dict[str, object]] = []
    for dates in (30, COMMITS):
        young, old = commit_seconds(dates)
        results.append(
            {
                "bench": f"commit {COMMITS} against commit 10, {dates} dates "
                f"({young * 1000:.0f} ms, {old * 1000:.0f} ms)",
                "value": round(old / young, 2),
                "bar": f"<= {BAR}x",
                "ok": old / young <= BAR,
            }
        )
    return results


if __name__ == "__main__":
    for line in run():
        show(line)
