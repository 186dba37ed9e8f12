"""Run a rule over literal rows, day by day: what is open is carried to the next day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, Row, run_sql
from warehouse_assets.modeling import Table

NEXT = DAY + timedelta(days=1)


def reconciled(
    rule: Table,
    inputs: Mapping[str, Sequence[Row]],
    day: date = DAY,
    earlier: Sequence[Row] = (),
) -> list[Row]:
    """The results of a day.

    Args:
        rule: The table of the rule's results.
        inputs: Rows of its inputs by their names, of any day.
        day: The business date.
        earlier: The results of the days before.
    """
    return run_sql(rule, {rule.name: list(earlier), **inputs}, Window.of_day(day))
