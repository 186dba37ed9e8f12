"""The daily report on the reconciliations as an asset, with its schedule: made, then sent."""

import warnings
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg

from warehouse_assets.modeling.loading.outline import outlines_of
from warehouse_assets.modeling.reconciliation.every_rule import LAYER
from warehouse_assets.orchestration.asset_metadata import standing_metadata
from warehouse_assets.orchestration.assets import daily_partitions
from warehouse_assets.orchestration.jobs import yesterday_schedule
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.reporting.missing_day import REPORTS

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse
    from warehouse_assets.reporting.channels import Delivery
    from warehouse_assets.reporting.day_report import DayReport
    from warehouse_assets.reporting.report_files import ReportFiles

REPORT = "reconciliation_report"
SENT = "report_sent"
_MEANING = (
    "Every channel that is set (webhook, e-mail) took the report. It is in its folder either way."
)


def daily_report(warehouse: "Warehouse", settings: "Settings") -> dg.Definitions:
    """The report's asset, job and schedule; nothing where the warehouse reconciles nothing."""
    rules = [table.name for table in warehouse.tables.values() if table.layer == LAYER]
    if not rules:
        return dg.Definitions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        asset = _asset(warehouse, rules, daily_partitions(settings))
    job = dg.define_asset_job(
        f"{REPORT}_job",
        selection=dg.AssetSelection.assets(REPORT),
        description="Make the daily report on the reconciliations, and send it.",
    )
    return dg.Definitions(
        assets=[asset],
        jobs=[job],
        schedules=[
            yesterday_schedule(
                f"{REPORT}_schedule",
                job,
                settings,
                "30 6 * * *",
                "The report on yesterday, once its reconciliations are due.",
            )
        ],
    )


def _asset(
    warehouse: "Warehouse", rules: list[str], daily: dg.DailyPartitionsDefinition
) -> dg.AssetsDefinition:
    @dg.asset(
        name=REPORT,
        group_name=LAYER,
        description="What agreed on a business date and what did not: one HTML page and one "
        "workbook, in LEDGERLAKE_REPORT_FOLDER, sent to the webhook and by e-mail where these "
        "are set.",
        deps=[*rules, *([REPORTS] if REPORTS in warehouse.tables else [])],
        partitions_def=daily,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[dg.AssetCheckSpec(SENT, asset=REPORT, description=_MEANING)],
        kinds={"html", "excel"},
    )
    def body(context: dg.AssetExecutionContext, lake: LakeResource) -> Iterator[object]:
        from resources.errors import LedgerlakeError
        from warehouse_assets.reporting.channels import send
        from warehouse_assets.reporting.read_report import ReportReader
        from warehouse_assets.reporting.report_files import (
            ITEMS_OF_A_RULE,
            report_folder,
            write_files,
        )

        opened = lake.lake()
        settings = opened.settings
        reader = ReportReader(opened, outlines_of(warehouse.tables.values(), ()), settings)
        deliveries: list[Delivery] = []
        for key in context.partition_keys:
            try:
                report = reader.as_known(date.fromisoformat(key), limit=ITEMS_OF_A_RULE)
                files = write_files(report, report_folder(settings), settings.zone)
            except LedgerlakeError as error:
                raise dg.Failure(description=str(error), allow_retries=False) from None
            context.add_asset_metadata(
                _metadata(report, files), asset_key=REPORT, partition_key=key
            )
            for delivery in send(report, files, settings):
                context.log.info(
                    f"{key}: {delivery.channel}: {delivery.problem or 'took the report'}"
                )
                deliveries.append(delivery)
        yield dg.MaterializeResult(asset_key=REPORT)
        yield _sent(deliveries)

    return body


def _metadata(report: "DayReport", files: "ReportFiles") -> dict[str, dg.MetadataValue]:
    totals = [totals for rule in report.rules for totals in rule.totals]
    return {
        **standing_metadata(report.date_standing.standing, report.date_standing.awaited, None),
        "page": dg.MetadataValue.path(files.page),
        "workbook": dg.MetadataValue.path(files.workbook),
        "open_items": dg.MetadataValue.int(sum(each.open for each in totals)),
        "overdue_items": dg.MetadataValue.int(sum(each.overdue for each in totals)),
        "rules_without_results": dg.MetadataValue.int(
            sum(not rule.has_results for rule in report.rules)
        ),
    }


def _sent(deliveries: "list[Delivery]") -> dg.AssetCheckResult:
    failed = [each for each in deliveries if each.problem]
    said = "; ".join(f"{each.channel}: {each.problem}" for each in failed)
    channels = ", ".join(dict.fromkeys(each.channel for each in deliveries))
    return dg.AssetCheckResult(
        asset_key=REPORT,
        check_name=SENT,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR,
        description=said or (f"taken by {channels}" if channels else "no channel is set"),
        metadata={"sent": len(deliveries) - len(failed), "failed": len(failed)},
    )
