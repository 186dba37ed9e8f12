"""ledgerlake metrics and metric: every metric with the tables that carry it, and one over days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from resources.errors import InputMissing, SettingsError
from warehouse_assets.command_line.completion import metric_names
from warehouse_assets.command_line.options import AsJson, First, Last, Partition, asked_window
from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.formatting import counted
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.output.listing import Listing
from warehouse_assets.command_line.queries.row_output import (
    Excel,
    Format,
    Limit,
    ShortOutput,
    Target,
    write_rows,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from warehouse_assets.modeling.declaration.metric import AnyMetric, Metric
    from warehouse_assets.modeling.declaration.metric_library import MetricLibrary
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.metrics.query import MetricQuery

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
    shown = Listing(
        ["metric", "meaning", "unit", "additivity", "counted by", "owner", "carried by"],
        long=["meaning", "counted by", "carried by"],
    )
    for each in documents:
        shown.add(
            *(str(each[name]) for name in ("metric", "meaning", "unit", "additivity")),
            ", ".join(each["counted_by"]),
            str(each["owner"]).removeprefix("team:"),
            ", ".join(each["carried_by"]),
        )
    shown.print()


Asked = Annotated[
    str,
    typer.Argument(
        metavar="METRIC", help="A metric of `ledgerlake metrics`.", autocompletion=metric_names
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        "-b",
        metavar="COLUMN",
        help="seller, sku, user, category, city, channel, warehouse, currency, day, or a column "
        "of the fact. May be given several times.",
    ),
]
CountedBy = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="DATE",
        help="The date it is counted by: ordered, paid, ... Default: its own.",
    ),
]


def metric(
    name: Asked,
    by: By = None,
    partition: Partition = None,
    first: First = None,
    last: Last = None,
    counted_by: CountedBy = None,
    format: ShortOutput = Format.TABLE,  # noqa: A002
    limit: Limit = 100,
    target: Target = None,
    excel: Excel = False,
) -> None:
    """Compute a metric from its facts, and say which summary has it as well.

    Money is always grouped by currency.

    **Examples**

    `ledgerlake metric gmv --by seller --from 2026-11-01 --to 2026-11-30`

    `ledgerlake metric gmv --by day --by city --from 2026-11-01 --to 2026-11-30 --date paid`

    `ledgerlake metric take_rate --partition 2026-11-19`
    """
    from resources.duckdb.sandbox import seal
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.command_line.queries.rows import interruptible, query_session
    from warehouse_assets.modeling.loading.whole_tables import load_whole_tables
    from warehouse_assets.modeling.metrics.query import metric_query

    settings = load_settings()
    lake, warehouse = ReadOnlyLake(settings), load_whole_tables()
    window = asked_window(settings, partition, first, last)
    if window is None:
        raise SettingsError("for which days?", "Give --partition DAY, or --from DAY --to DAY.")
    query = metric_query(warehouse, name, tuple(by or ()), counted_by, window)
    with query_session(settings) as connection:
        files: list[str] = []
        for part, date_name in zip(query.parts, query.dates, strict=True):
            files += _add_fact(connection, lake, query, part, date_name)
        seal(connection, files)
        with interruptible(connection):
            cursor = connection.execute(query.sql)
            write_rows(cursor, format, settings.zone, limit, target, excel)
    if format is Format.TABLE and target is None:
        _explain(query)
        _tell_provisional(query, lake)


def _add_fact(
    connection: DuckDBPyConnection, lake: Lake, query: MetricQuery, part: Metric, date_name: str
) -> tuple[str, ...]:
    """Add a view of a fact, all of whose days must be there if it is counted by them; its files."""
    from warehouse_assets.command_line.queries.rows import add_view, published_snapshot

    table = query.warehouse.table(part.over)
    known = connection.execute(
        "SELECT count(*) FROM duckdb_views() WHERE view_name = ?", [table.name]
    ).fetchall()
    if known[0][0]:
        return ()
    snapshot = published_snapshot(lake, table.spec)
    if part.dates[date_name] == table.partition_column:
        _require_days(snapshot, query)
    return add_view(connection, lake, snapshot)


def _require_days(snapshot: TableSnapshot, query: MetricQuery) -> None:
    missing = [day for day in query.window if day not in snapshot.published]
    if missing:
        raise InputMissing(
            f"{snapshot.spec.name} has no partition {missing[0]}"
            + (f", nor {len(missing) - 1} more of {query.window}" if len(missing) > 1 else ""),
            f"Materialize them first: ledgerlake materialize +{snapshot.spec.name} "
            f"--from {missing[0]} --to {missing[-1]}",
        )


def _tell_provisional(query: MetricQuery, lake: Lake) -> None:
    """Say which of the days may still change: a half-delivered day reads as a fallen one."""
    from warehouse_assets.command_line.output.formatting import day_ranges
    from warehouse_assets.modeling.execution.finality import Finality

    finality = Finality(query.warehouse, lake)
    facts = dict.fromkeys(part.over for part in query.parts)
    days = sorted(
        {
            day
            for name in facts
            for day in finality.provisional(query.warehouse.table(name), list(query.window))
        }
    )
    if days:
        note(f"Provisional, for late rows may still come: {day_ranges(days)}.")


def _explain(query: MetricQuery) -> None:
    from warehouse_assets.modeling.metrics.summaries import usable_summaries

    facts = " and ".join(dict.fromkeys(part.over for part in query.parts))
    note(f"{query.metric.meaning}. Counted by {query.counted_by}, from {facts}.")
    found, grain = usable_summaries(query), ", ".join(query.by) or "no column"
    same = f"The same figures are in {', '.join(found)}."
    note(same if found else f"No summary has it by {grain} over {query.window}.")
