"""Tables as Dagster assets: partitions, lineage, checks and freshness come from their modules."""

import warnings
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import dagster as dg

from resources.collector import without_collector
from resources.errors import LedgerlakeError, StorageError
from resources.lake.model.window import Window
from resources.lake.read_only_lake import ReadOnlyLake
from warehouse_assets.modeling.declaration.windows import ReadWindow
from warehouse_assets.modeling.execution.finality import Finality
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.metrics.plotted import metric_totals
from warehouse_assets.modeling.reconciliation.every_rule import LAYER
from warehouse_assets.modeling.reconciliation.plotted import result_totals
from warehouse_assets.modeling.sql.code_version import code_version
from warehouse_assets.modeling.sql.lineage import column_lineage
from warehouse_assets.orchestration import asset_metadata
from warehouse_assets.orchestration.asset_checks import PARSED, CheckResults, check_specs
from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from resources.lake.audit.audit import AuditReport
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.freshness import Deadline
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse


_OTHERS_NAMED = 20


@without_collector()
def table_assets(warehouse: "Warehouse", settings: "Settings") -> list[dg.AssetsDefinition]:
    """Every table of the warehouse as an asset."""
    partitions = daily_partitions(settings)
    with warnings.catch_warnings():
        # Partitioned checks and single-run backfills are preview and beta in Dagster 1.13; the
        # version is pinned, and tests/orchestration covers what we use of them.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        warnings.simplefilter("ignore", dg.BetaWarning)
        return [_asset(warehouse, table, partitions) for table in warehouse.tables.values()]


def daily_partitions(settings: "Settings") -> dg.DailyPartitionsDefinition:
    """A partition for each business date of the lake."""
    return dg.DailyPartitionsDefinition(
        start_date=settings.first_date.isoformat(), timezone=settings.time_zone
    )


def _asset(
    warehouse: "Warehouse", table: "Table", daily: dg.DailyPartitionsDefinition
) -> dg.AssetsDefinition:
    partitions = daily if table.partition_column else None

    @dg.asset(
        name=table.name,
        group_name=group(table),
        description=asset_metadata.description(table),
        deps=[
            dg.AssetDep(name, partition_mapping=_mapping(window, warehouse.table(name), table))
            for name, window in table.reads.items()
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
        check_specs=check_specs(table, partitions),
        code_version=code_version(table),
        freshness_policy=_policy(table.freshness, daily.timezone) if table.freshness else None,
        kinds={"iceberg", "duckdb"},
        metadata=asset_metadata.definition_metadata(table),
        owners=[table.owner],
        tags={"domain": table.domain},
    )
    def body(context: dg.AssetExecutionContext, lake: LakeResource) -> Iterator[object]:
        yield from _materialize(context, lake, warehouse, table)

    return body


def group(table: "Table") -> str:
    """Layer and domain, as in `fact_payment`; all reconciliations are one group."""
    if table.layer == LAYER:
        return table.layer
    return f"{table.layer}_{table.domain}" if table.domain.isidentifier() else table.layer


def _materialize(
    context: dg.AssetExecutionContext,
    resource: LakeResource,
    warehouse: "Warehouse",
    table: "Table",
) -> Iterator[object]:
    keys = context.partition_keys if table.partition_column else []
    days = [date.fromisoformat(key) for key in keys]
    window = Window.of_days(days[0], days[-1]) if days else None
    lake = resource.lake()
    run = TableRun(table, window, context.run.run_id, warehouse, lake, lake.settings)
    try:
        published = run.publish(on_phase=context.log.info)
    except LedgerlakeError as error:
        _warn_of_others(context, run)
        report, names = _report_of(error, run)
        results = CheckResults(table, report, run.read, run.rejected, names)
        yield from _results(context, results, days, materialized=False)
        # Only errors of storage are worth a retry. Not chained: the UI shows a cause above what
        # happened, with Dagster's own stack between them.
        is_retried = isinstance(error, StorageError)
        raise dg.Failure(description=str(error), allow_retries=is_retried) from None
    _warn_of_others(context, run)
    for each in run.closed:
        context.log.warning(str(each))
    if published.met:
        runs = ", ".join(published.met)
        context.log.info(f"published meanwhile by run {runs}, same rows: nothing changed")
    else:
        context.log.info(f"published {published.rows} rows in {len(days) or 1} partitions")
    metadata = asset_metadata.run_metadata(published)
    lineage = asset_metadata.lineage_metadata(column_lineage(table, warehouse.tables))
    totals = {}
    if window:
        totals = metric_totals(
            table, window, lake, warehouse.metrics, published.snapshot_id
        ) or result_totals(table, window, lake, published.snapshot_id)
    closed = {each.day: each for each in run.closed}
    finality = Finality(warehouse, ReadOnlyLake(lake.settings))
    for day in days:
        context.add_asset_metadata(
            asset_metadata.partition_metadata(published, day, run.rejected, totals.get(day))
            | asset_metadata.standing_metadata(
                finality.standing(table, day), finality.awaited(table, day), closed.get(day)
            )
            | asset_metadata.left_alone_metadata(run.left_alone, day)
            | (lineage if day == days[-1] else {}),
            asset_key=table.name,
            partition_key=day.isoformat(),
        )
    if not days:
        metadata |= asset_metadata.partition_metadata(published, None, {}) | lineage
    yield dg.MaterializeResult(asset_key=table.name, metadata=metadata)
    results = CheckResults(table, published.report, run.read, run.rejected)
    yield from _results(context, results, days, materialized=True)


def _warn_of_others(context: dg.AssetExecutionContext, run: TableRun) -> None:
    """Log which files lie beside the delivered ones and were not read."""
    others = list(dict.fromkeys(map(str, run.left_alone)))
    for other in others[:_OTHERS_NAMED]:
        context.log.warning(f"{run.table.name}: {other}")
    if len(others) > _OTHERS_NAMED:
        context.log.warning(f"{run.table.name}: {len(others):,} files are not read")


def _results(
    context: dg.AssetExecutionContext,
    results: CheckResults,
    days: Sequence[date],
    materialized: bool,
) -> Iterator[object]:
    if days and not context.has_partition_key:
        yield from results.of_partitions(context, days, materialized)
    yield from results.of_run()


def _report_of(error: LedgerlakeError, run: TableRun) -> "tuple[AuditReport, Sequence[str] | None]":
    """The report of a run that failed, and the checks that it evaluates; None: all."""
    from resources.lake.audit.audit import AuditReport
    from resources.lake.publish.table_write import RulesBroken

    if isinstance(error, RulesBroken):
        return error.report, None
    # A delivery that could not be read at all has no counts of rows.
    known = [PARSED] if any(run.rejected.values()) else []
    return AuditReport((), dict.fromkeys(run.window or (), 0), 0.0), known


def _mapping(window: ReadWindow, upstream: "Table", table: "Table") -> dg.PartitionMapping | None:
    if not upstream.partition_column or not table.partition_column:
        return None
    if window.whole:
        return dg.AllPartitionMapping()
    back = _FROM_THE_BEGINNING if window.back is None else window.back
    return dg.TimeWindowPartitionMapping(
        start_offset=-(back + window.max_age),
        end_offset=window.ahead,
        allow_nonexistent_upstream_partitions=window.ahead > 0,
    )


_FROM_THE_BEGINNING = 40_000
"""Days; Dagster clips the window at the first partition."""


@cache
def _policy(deadline: "Deadline", time_zone: str) -> dg.FreshnessPolicy:
    """Yesterday is published between midnight and the deadline.

    Cached: Dagster walks through a thousand days to check one cron expression.
    """
    since_midnight = timedelta(hours=deadline.at.hour, minutes=deadline.at.minute)
    return dg.FreshnessPolicy.cron(
        deadline_cron=deadline.cron,
        lower_bound_delta=since_midnight or timedelta(days=1),
        timezone=time_zone,
    )
