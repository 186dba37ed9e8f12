"""Rule 3 against the same result in MariaDB, on the same rows.

One MariaDB is tuned as well as we can, and warm; another has the keys and settings of an
operational database, and is stopped at a limit. Loading is not timed. The results are compared,
rows and amounts by state and currency, and the benchmark fails where they differ.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.measure import (
    FIRST_DAY,
    Compared,
    Line,
    at_least,
    bench_settings,
    bounded_connection,
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
from benchmarks.reconciliation.payments import RULE, Payments, days_of, reconcile
from resources.lake.lake import Lake
from resources.settings import Settings
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

ROWS = 10_000_000
DAYS = 30
HOUR = 3600.0
TUNED_BAR, OPERATIONAL_BAR = 25.0, 100.0

# Of each state and currency: rows, and the amounts of both sides.
Totals = dict[tuple[str, str], tuple[int, Decimal, Decimal]]


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
        at_least(f"{what}, against MariaDB, tuned", 1 / tuned.ratio, TUNED_BAR if bars else None),
        line("  seconds", tuned.seconds),
        line("  MariaDB, seconds", tuned.bare_seconds),
        at_least(
            f"  against MariaDB as delivered, with an operational database's keys{ended}",
            operational.seconds / tuned.seconds,
            OPERATIONAL_BAR if judged else None,
        ),
        line("  MariaDB as delivered, seconds", operational.seconds),
    ]


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
        settings = bench_settings(folder / "home").model_copy(update={"first_date": FIRST_DAY})
        warehouse = load_warehouse()
        Payments(days_of(DAYS), rows // DAYS).publish(settings, warehouse)
        reconcile(settings, warehouse, days_of(DAYS))
        _export(settings, warehouse, folder)
        return Sides(folder, settings, warehouse, _our_totals(settings, warehouse))

    def against_tuned(self, runs: int) -> Compared:
        """The framework and the tuned MariaDB in turn."""
        with self._loaded(TUNED) as there:
            return in_turn(
                partial(reconcile, self.settings, self.warehouse, days_of(DAYS)),
                there.reconcile,
                partial(self._check_and_drop, there),
                runs,
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
            found = _totals(there.server.execute(_TOTALS_THERE))
            if found != self.expected:
                raise ResultsDiffer(f"MariaDB: {found}\nframework: {self.expected}")
            there.drop()


@dataclass
class Reconciling:
    """A MariaDB that has both sides, and makes the result."""

    server: MariaDB
    _is_explained: bool = False

    def reconcile(self, limit: float | None = None) -> None:
        """Make the table of results, and print the plan of each step the first time.

        Args:
            limit: Seconds that all steps may take together.

        Raises:
            NotEnded: If they take longer.
        """
        end = time.monotonic() + limit if limit else None
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

    def drop(self) -> None:
        """Drop what the steps have made."""
        for step in STEPS:
            self.server.execute(f"DROP TABLE {step.table}")


def _say(*lines: str) -> None:
    for each in lines:
        Console(soft_wrap=True).print(each, markup=False, highlight=False)


def _export(settings: Settings, warehouse: Warehouse, folder: Path) -> None:
    """Write both sides as the files that MariaDB loads."""
    lake = Lake(settings)
    with bounded_connection(folder) as connection:
        for name, columns in COLUMNS.items():
            relation = lake.relation_sql(lake.snapshot(warehouse.table(name).spec), None)
            flags = ", ".join(
                f"CAST({each} AS TINYINT)" if each.startswith("is_") else each for each in columns
            )
            connection.execute(
                f"COPY (SELECT {flags} FROM ({relation})) TO '{folder / name}' "
                "(FORMAT csv, HEADER false, DELIMITER '\t', QUOTE '')"
            )


_TOTALS_THERE = f"""
SELECT
    state, COALESCE(currency, billed_currency), COUNT(*),
    COALESCE(SUM(paid_amount), 0), COALESCE(SUM(gross_amount), 0)
FROM {RESULT} GROUP BY 1, 2
"""


def _our_totals(settings: Settings, warehouse: Warehouse) -> Totals:
    """Of each item as it stands on the last day on which it is there."""
    lake = Lake(settings)
    relation = lake.relation_sql(lake.snapshot(warehouse.table(RULE).spec), None)
    with bounded_connection(settings.home) as connection:
        found = connection.execute(f"""
            SELECT state, currency, count(*), sum(left_amount), sum(right_amount)
            FROM (
                SELECT
                    arg_max(state, dt) AS state, arg_max(currency, dt) AS currency,
                    arg_max(left_amount, dt) AS left_amount,
                    arg_max(right_amount, dt) AS right_amount
                FROM ({relation}) GROUP BY item_id
            ) GROUP BY ALL
        """)
        return _totals(found.fetchall())


def _totals(rows: Iterable[tuple[Any, ...]]) -> Totals:
    return {(state, currency): (count, left, right) for state, currency, count, left, right in rows}


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
