"""ledgerlake metrics: every metric, what it means, and which tables carry it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from resources.errors import SettingsError
from warehouse_assets.command_line.completion import metric_names
from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.json_output import AsJson

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.metric import AnyMetric
    from warehouse_assets.modeling.declaration.metric_library import MetricLibrary
    from warehouse_assets.modeling.declaration.table import Table

Unit = Annotated[
    str | None,
    typer.Option(
        "--unit",
        "-u",
        metavar="UNIT",
        help="Only this unit: money, count, quantity, points or rate.",
    ),
]
Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[METRIC]",
        help="One metric, with its expression.",
        show_default=False,
        autocompletion=metric_names,
    ),
]


def metrics(name: Name = None, unit: Unit = None, as_json: AsJson = False) -> None:
    """List the metrics: meaning, unit, additivity, the dates they are counted by, owner, tables.

    A table gets a metric by its name, in its contract and in its SQL; `ledgerlake metric` computes
    one ad hoc.

    **Example**

    `ledgerlake metrics --unit rate`
    """
    from warehouse_assets.command_line.output.formatting import counted
    from warehouse_assets.modeling.declaration.metric import TYPES
    from warehouse_assets.modeling.load_errors import did_you_mean
    from warehouse_assets.modeling.loading.whole_tables import load_whole_tables

    if unit is not None and unit not in TYPES:
        step = did_you_mean(unit, TYPES) or f"The units are {', '.join(TYPES)}."
        raise SettingsError(f"there is no unit {unit}", step)
    warehouse = load_whole_tables()
    library = warehouse.metrics
    known = sorted(library, key=lambda each: each.name)
    listed = [each for each in known if unit in (None, each.unit) and name in (None, each.name)]
    if name is not None and not listed:
        names = [each.name for each in known]
        step = did_you_mean(name, names) or "`ledgerlake metrics` lists every metric."
        raise SettingsError(f"there is no metric {name}", step)
    documents = [_as_document(each, library, warehouse.tables) for each in listed]
    if as_json:
        from warehouse_assets.command_line.output.json_output import print_json

        print_json(documents)
        return
    _print(documents)
    if name is not None:
        output().print(f"{documents[0]['expression']}", markup=False)
        return
    note(f"{counted(len(listed), 'metric')}. Of several dates the first is the default.")


def _as_document(
    metric: AnyMetric, library: MetricLibrary, tables: Mapping[str, Table]
) -> dict[str, Any]:
    from warehouse_assets.modeling.declaration.metric import RatioMetric
    from warehouse_assets.modeling.metrics.summaries import carriers

    return {
        "metric": metric.name,
        "meaning": metric.meaning,
        "unit": metric.unit,
        "additivity": metric.additivity,
        "counted_by": list(library.dates(metric)),
        "owner": metric.owner,
        "carried_by": list(carriers(tables, metric.name)),
        "expression": (
            f"{metric.part} / {metric.whole}"
            if isinstance(metric, RatioMetric)
            else f"{metric.expression} over {metric.over}"
        ),
    }


def _print(documents: list[dict[str, Any]]) -> None:
    from warehouse_assets.command_line.output.listing import Heading, Listing

    shown = Listing(
        (
            Heading("metric"),
            Heading("meaning", long=True),
            Heading("unit"),
            Heading("additivity"),
            Heading("counted by", long=True),
            Heading("owner"),
            Heading("carried by", long=True),
        )
    )
    for each in documents:
        shown.add(
            *(str(each[name]) for name in ("metric", "meaning", "unit", "additivity")),
            ", ".join(each["counted_by"]),
            str(each["owner"]).removeprefix("team:"),
            ", ".join(each["carried_by"]),
        )
    shown.print()
