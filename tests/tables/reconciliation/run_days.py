"""Run a reconciliation day after day over literal rows, as in a lake: what is open is carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, Row, run_sql
from warehouse_assets.modeling import Table

NEXT = DAY + timedelta(days=1)


def run_days(table: Table, *days: Mapping[str, Sequence[Row]]) -> list[list[Row]]:
    """The results of each day, from DAY on.

    Args:
        table: The reconciliation.
        days: For each day the rows of its inputs, which are of that day unless they name another.
            Rows of earlier days are there as well.
    """
    inputs: dict[str, list[Row]] = {}
    reported: list[list[Row]] = []
    for number, given in enumerate(days):
        day = DAY + timedelta(days=number)
        for name, rows in given.items():
            inputs.setdefault(name, []).extend({"dt": day, **row} for row in rows)
        before = [row for rows in reported for row in rows]
        reported.append(run_day(table, inputs, day, before))
    return reported


def run_day(
    table: Table,
    inputs: Mapping[str, Sequence[Row]],
    day: date = DAY,
    earlier: Sequence[Row] = (),
) -> list[Row]:
    """The results of one day.

    Args:
        table: The reconciliation.
        inputs: The rows of its inputs; those that name no day are of DAY.
        day: The business date.
        earlier: The results of the days before.
    """
    given = {name: [{"dt": DAY, **row} for row in rows] for name, rows in inputs.items()}
    return run_sql(table, {**given, table.name: list(earlier)}, Window.of_day(day))
