"""ledgerlake metric: one metric over days, from its facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import InputMissing, SettingsError
from warehouse_assets.command_line.completion import metric_names
from warehouse_assets.command_line.dates import asked_window, parsed_day
from warehouse_assets.command_line.output.console import note
from warehouse_assets.command_line.rows.row_output import (
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
    from warehouse_assets.modeling.declaration.metric import Metric
    from warehouse_assets.modeling.metrics.query import MetricQuery

Name = Annotated[
    str,
    typer.Argument(
        metavar="METRIC",
        help="A metric of `ledgerlake metrics`.",
        autocompletion=metric_names,
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
Day = Annotated[
    date | None,
    typer.Option("--partition", "-p", metavar="DAY", parser=parsed_day, help="One business date."),
]
First = Annotated[
    date | None, typer.Option("--from", metavar="DAY", parser=parsed_day, help="First day.")
]
Last = Annotated[
    date | None, typer.Option("--to", metavar="DAY", parser=parsed_day, help="Last day.")
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
    name: Name,
    by: By = None,
    partition: Day = None,
    first: First = None,
    last: Last = None,
    counted_by: CountedBy = None,
    format: ShortOutput = Format.TABLE,  # noqa: A002
    limit: Limit = 100,
    output: Target = None,
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
    from warehouse_assets.command_line.interruption import interruptible
    from warehouse_assets.command_line.rows.rows import query_session
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
            write_rows(cursor, format, settings.zone, limit, output, excel)
    if format is Format.TABLE and output is None:
        _explain(query)


def _add_fact(
    connection: DuckDBPyConnection, lake: Lake, query: MetricQuery, part: Metric, date_name: str
) -> tuple[str, ...]:
    """Let the query see a fact: only its days where they are what is counted by; its files."""
    from warehouse_assets.command_line.rows.rows import add_view, published_snapshot

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


def _explain(query: MetricQuery) -> None:
    from warehouse_assets.modeling.metrics.summaries import usable_summaries

    facts = " and ".join(dict.fromkeys(part.over for part in query.parts))
    note(f"{query.metric.meaning}. Counted by {query.counted_by}, from {facts}.")
    found = usable_summaries(query)
    if found:
        note(f"The same figures are in {', '.join(found)}.")
    else:
        grain = ", ".join(query.by) or "no column"
        note(f"No summary has it by {grain} over {query.window}.")
