"""Rule 3 against the same result in MariaDB, on the same rows.

One MariaDB is tuned as well as we can, and warm; another has the keys and settings of an
operational database, and is stopped at a limit. Loading is not timed. The results are compared,
rows and amounts by state and currency, and the benchmark fails where they differ.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection
from rich.console import Console

from benchmarks.measure import (
    Compared,
    Line,
    at_least,
    cpu_of,
    in_turn,
    line,
    scratch_folder,
    show,
)
from benchmarks.reconciliation.mariadb_rule import COLUMNS, OPERATIONAL, RESULT, STEPS, TUNED, Plan
from benchmarks.reconciliation.mariadb_server import (
    HOW_TO_INSTALL,
    MariaDB,
    NotEnded,
    is_installed,
    mariadb,
)
from benchmarks.reconciliation.payments import RULE, days_of
from benchmarks.reconciliation.rule import (
    DAYS,
    Totals,
    final_results,
    from_the_start,
    published,
    totals,
    views,
)
from resources.settings import Settings
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

ROWS = 10_000_000
HOUR = 3600.0
TUNED_BAR, OPERATIONAL_BAR = 25.0, 100.0


class ResultsDiffer(Exception):
    """MariaDB's result is not the framework's."""


def run(rows: int = ROWS, limit: float = HOUR, runs: int = 3, bars: bool = True) -> list[Line]:
    """How many times as long as the framework MariaDB takes; prints both plans of MariaDB.

    Args:
        rows: Of each side, over all days.
        limit: Seconds until the operational MariaDB is stopped.
        runs: Of the framework and of the tuned MariaDB, in turn.
        bars: Whether the ratios have bars: they are those of 10M rows.

    Raises:
        ResultsDiffer: If MariaDB's result is not the framework's.
    """
    what = f"rule 3, {rows:,} rows a side, {DAYS} days"
    if not is_installed():
        left_out = f"{what}, against MariaDB: left out. {HOW_TO_INSTALL}"
        return [{"bench": left_out, "value": None, "bar": None, "ok": True}]
    with scratch_folder() as folder:
        sides = Sides.published(folder, rows)
        tuned = sides.against_tuned(runs)
        operational = sides.against_operational(limit)
    ended = "" if operational.ended else f", not ended within {limit:,.0f} s: more than"
    # A lower bound of a short limit says nothing about the bar.
    judged = bars and (operational.ended or limit >= HOUR)
    return [
        at_least(
            f"{what}, against MariaDB, tuned", 1 / tuned.wall.ratio, TUNED_BAR if bars else None
        ),
        line(f"  seconds ({tuned.our_cpu:.1f} of CPU)", tuned.wall.seconds),
        line(f"  MariaDB, seconds ({tuned.their_cpu:.1f} of CPU)", tuned.wall.bare_seconds),
        at_least(
            f"  against MariaDB as delivered, with an operational database's keys{ended}",
            operational.seconds / tuned.wall.seconds,
            OPERATIONAL_BAR if judged else None,
        ),
        line("  MariaDB as delivered, seconds", operational.seconds),
    ]


@dataclass(frozen=True)
class AgainstTuned:
    """Wall seconds of both, and the medians of their CPU seconds."""

    wall: Compared
    our_cpu: float
    their_cpu: float


@dataclass(frozen=True)
class Stopped:
    """Seconds until a run ended by itself, or was stopped."""

    seconds: float
    ended: bool


@dataclass(frozen=True)
class Sides:
    """Both sides in a lake and as files that MariaDB loads, and the framework's result."""

    folder: Path
    settings: Settings
    warehouse: Warehouse
    expected: Totals

    @staticmethod
    def published(folder: Path, rows: int) -> Sides:
        """Sides of so many rows, reconciled once."""
        warehouse = load_warehouse()
        settings = published(folder / "home", warehouse, rows)
        from_the_start(settings, warehouse, days_of(DAYS))
        with views(settings, warehouse, *COLUMNS, RULE) as connection:
            _export(connection, folder)
            expected = totals(connection, final_results(days_of(DAYS)))
        return Sides(folder, settings, warehouse, expected)

    def against_tuned(self, runs: int) -> AgainstTuned:
        """The framework and the tuned MariaDB in turn."""
        ours = partial(from_the_start, self.settings, self.warehouse, days_of(DAYS))
        our_cpu: list[float] = []
        with self._loaded(TUNED) as there:
            compared = in_turn(
                lambda: our_cpu.append(cpu_of(ours)[0]),
                there.reconcile,
                partial(self._check_and_drop, there),
                runs,
            )
            return AgainstTuned(
                compared, statistics.median(our_cpu), statistics.median(there.cpu_seconds)
            )

    def against_operational(self, limit: float) -> Stopped:
        """A MariaDB with the keys and settings of an operational database, once."""
        with self._loaded(OPERATIONAL) as there:
            begun = time.perf_counter()
            try:
                there.reconcile(limit)
            except NotEnded:
                return Stopped(limit, ended=False)
            taken = time.perf_counter() - begun
            self._check_and_drop(there)
            return Stopped(taken, ended=True)

    @contextmanager
    def _loaded(self, plan: Plan) -> Generator[Reconciling]:
        """A server that has both sides, every row read once, so that it is warm."""
        with mariadb(self.folder / "mariadb", plan.options) as server:
            _say(f"MariaDB {server.version()}, {plan.name}")
            for create in plan.tables():
                server.execute(create)
            for name, columns in COLUMNS.items():
                server.load(name, self.folder / name)
                server.execute(f"SELECT {', '.join(f'MAX({c})' for c in columns)} FROM {name}")
            yield Reconciling(server)

    def _check_and_drop(self, there: Reconciling) -> None:
        """Compare what MariaDB made, if anything, with what the framework did, and drop it."""
        if there.server.execute(f"SHOW TABLES LIKE '{RESULT}'"):
            rows = there.server.execute(_TOTALS_THERE)
            found = {(state, currency): tuple(figures) for state, currency, *figures in rows}
            if not found or found != self.expected:
                raise ResultsDiffer(f"MariaDB: {found}\nframework: {self.expected}")
            there.drop()


@dataclass
class Reconciling:
    """A MariaDB that has both sides, and makes the result."""

    server: MariaDB
    cpu_seconds: list[float] = field(default_factory=list[float])
    _is_explained: bool = False

    def reconcile(self, limit: float | None = None) -> None:
        """Make the table of results, and print the plan of each step the first time.

        Args:
            limit: Seconds that all steps may take together.

        Raises:
            NotEnded: If they take longer.
        """
        end = time.monotonic() + limit if limit else None
        begun = self.server.cpu_seconds()
        for step in STEPS:
            # The plan is known once the steps before are done; asking takes a millisecond.
            if not self._is_explained:
                _say(
                    f"  {step.table}:",
                    *(f"    {each}" for each in self.server.explain(step.select)),
                )
            if end:
                self.server.limit(max(end - time.monotonic(), 0.001))
            self.server.execute(step.statement)
        self._is_explained = True
        self.cpu_seconds.append(self.server.cpu_seconds() - begun)

    def drop(self) -> None:
        """Drop what the steps have made."""
        for step in STEPS:
            self.server.execute(f"DROP TABLE {step.table}")


def _say(*lines: str) -> None:
    for each in lines:
        Console(soft_wrap=True).print(each, markup=False, highlight=False)


def _export(connection: DuckDBPyConnection, folder: Path) -> None:
    """Write both sides as the files that MariaDB loads; flags are numbers there."""
    for name, columns in COLUMNS.items():
        listed = ", ".join(
            f"CAST({column} AS TINYINT)" if kind == "TINYINT" else column
            for column, kind in columns.items()
        )
        connection.execute(
            f"COPY (SELECT {listed} FROM {name}) TO '{folder / name}' "
            "(FORMAT csv, HEADER false, DELIMITER '\t', QUOTE '')"
        )


_TOTALS_THERE = f"""
SELECT
    state, COALESCE(currency, billed_currency), COUNT(*),
    COALESCE(SUM(paid_amount), 0), COALESCE(SUM(gross_amount), 0), SUM(difference_amount)
FROM {RESULT} GROUP BY 1, 2
"""


def main() -> None:
    """Run it from the command line, with any number of rows and any limit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS, help="of each side")
    parser.add_argument("--limit", type=float, default=HOUR, help="seconds, then it is stopped")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    show(run(given.rows, given.limit, given.runs))


if __name__ == "__main__":
    main()
