"""ledgerlake metrics: every metric, what it means, and which tables carry it."""

from __future__ import annotations

from typing import Annotated

import typer

from resources.errors import SettingsError
from warehouse_assets.command_line.console import note, output

Unit = Annotated[
    str | None,
    typer.Option("--unit", "-u", help="Only this unit: money, count, quantity, points or rate."),
]


def metrics(unit: Unit = None) -> None:
    """List the metrics: meaning, unit, additivity, the dates they are counted by, owner, tables.

    A table gets a metric by its name, in its contract and in its SQL; `ledgerlake metric` computes
    one ad hoc.

    **Example**

    `ledgerlake metrics --unit rate`
    """
    from warehouse_assets.command_line.data_table import data_table
    from warehouse_assets.command_line.formatting import counted
    from warehouse_assets.modeling.load_errors import did_you_mean
    from warehouse_assets.modeling.metrics.metric import TYPES
    from warehouse_assets.modeling.metrics.summaries import carriers
    from warehouse_assets.modeling.warehouse import load_warehouse

    warehouse = load_warehouse()
    if unit is not None and unit not in TYPES:
        step = did_you_mean(unit, TYPES) or f"The units are {', '.join(TYPES)}."
        raise SettingsError(f"there is no unit {unit}", step)
    listed = [each for each in warehouse.metrics if unit in (None, each.unit)]
    shown = data_table()
    shown.add_column("metric", no_wrap=True)
    shown.add_column("meaning", overflow="fold", ratio=2)
    for heading in ("unit", "additivity"):
        shown.add_column(heading, no_wrap=True)
    shown.add_column("counted by", overflow="fold")
    shown.add_column("owner", no_wrap=True)
    shown.add_column("carried by", overflow="fold", ratio=1)
    for metric in sorted(listed, key=lambda each: each.name):
        shown.add_row(
            metric.name,
            metric.meaning,
            metric.unit,
            metric.additivity,
            ", ".join(warehouse.metrics.dates(metric)),
            metric.owner.removeprefix("team:"),
            ", ".join(carriers(warehouse.tables, metric.name)),
        )
    output().print(shown)
    note(f"{counted(len(listed), 'metric')}. Of several dates the first is the default.")
