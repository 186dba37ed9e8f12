"""What a table is. A table's module imports everything it needs from here."""

from __future__ import annotations

from resources.sources.declaration.files import files, sources
from resources.sources.declaration.layout import contains, layout, starts_with
from resources.sources.declaration.numbers import number
from resources.sources.landing.complete_day import complete_day
from warehouse_assets.modeling.declaration.change_log import change_log
from warehouse_assets.modeling.declaration.checks import check, delivered_in_time, guard
from warehouse_assets.modeling.declaration.column_types import (
    Day,
    Flag,
    Integer,
    Money,
    Rate,
    Text,
    Timestamp,
)
from warehouse_assets.modeling.declaration.columns import Term, column, key, measure, partition, ref
from warehouse_assets.modeling.declaration.contract import (
    AsOfDayContract,
    Contract,
    DeliveredContract,
    HistoryContract,
    StateContract,
)
from warehouse_assets.modeling.declaration.conventions import convention
from warehouse_assets.modeling.declaration.declare_table import table
from warehouse_assets.modeling.declaration.freshness import by
from warehouse_assets.modeling.declaration.json_events import (
    REJECT,
    element_number,
    json_events,
    json_path,
)
from warehouse_assets.modeling.declaration.metric import metric, ratio
from warehouse_assets.modeling.declaration.serving import materialized_view, served, warm_up
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.windows import (
    as_of_day,
    first_delivered,
    following,
    history,
    latest,
    same_day,
    trailing,
    whole_table,
)
from warehouse_assets.modeling.functions.sql_function import SqlFunction, sql_function
from warehouse_assets.modeling.materializations.append_only import append_only
from warehouse_assets.modeling.materializations.carried_on import carried_on
from warehouse_assets.modeling.materializations.recorded import recorded
from warehouse_assets.modeling.materializations.scd2 import scd2
from warehouse_assets.modeling.materializations.upsert import upsert
from warehouse_assets.modeling.metrics.rollup import metric_rollup, rollup_source
from warehouse_assets.modeling.reconciliation import terms as result_terms
from warehouse_assets.modeling.reconciliation.declare import reconciliation
from warehouse_assets.modeling.reconciliation.every_rule import every_rule
from warehouse_assets.modeling.reconciliation.keep_reports import keep_reports, kept_report_lines
from warehouse_assets.modeling.reconciliation.result import ReconciliationResult
from warehouse_assets.modeling.reconciliation.rule import (
    figure,
    match_alike,
    match_key,
    match_sum,
    side,
    status,
    tolerance,
)
from warehouse_assets.modeling.sql.select_from import select_from

__all__ = [
    "REJECT",
    "AsOfDayContract",
    "Contract",
    "Day",
    "DeliveredContract",
    "Flag",
    "HistoryContract",
    "Integer",
    "Money",
    "Rate",
    "ReconciliationResult",
    "SqlFunction",
    "StateContract",
    "Table",
    "Term",
    "Text",
    "Timestamp",
    "append_only",
    "as_of_day",
    "by",
    "carried_on",
    "change_log",
    "check",
    "column",
    "complete_day",
    "contains",
    "convention",
    "delivered_in_time",
    "element_number",
    "every_rule",
    "figure",
    "files",
    "first_delivered",
    "following",
    "guard",
    "history",
    "json_events",
    "json_path",
    "keep_reports",
    "kept_report_lines",
    "key",
    "latest",
    "layout",
    "match_alike",
    "match_key",
    "match_sum",
    "materialized_view",
    "measure",
    "metric",
    "metric_rollup",
    "number",
    "partition",
    "ratio",
    "reconciliation",
    "recorded",
    "ref",
    "result_terms",
    "rollup_source",
    "same_day",
    "scd2",
    "select_from",
    "served",
    "side",
    "sources",
    "sql_function",
    "starts_with",
    "status",
    "table",
    "tolerance",
    "trailing",
    "upsert",
    "warm_up",
    "whole_table",
]
