"""The metric library as a page: what each figure means and which tables carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from warehouse_assets.documentation.markdown import WRITTEN, markdown_table, table_link
from warehouse_assets.modeling.metrics.metric import Metric

if TYPE_CHECKING:
    from warehouse_assets.modeling.metrics.metric import AnyMetric
    from warehouse_assets.modeling.warehouse import Warehouse


def metric_page(warehouse: Warehouse) -> str:
    """Every metric in the library's order, the first date it is counted by being the default."""
    carriers = tables_by_metric(warehouse)
    rows = [
        (
            metric.name,
            metric.meaning,
            metric.unit,
            metric.additivity,
            ", ".join(warehouse.metrics.dates(metric)),
            _formula(metric),
            metric.owner.removeprefix("team:"),
            ", ".join(table_link(name, "tables/") for name in carriers.get(metric.name, ())),
        )
        for metric in warehouse.metrics
    ]
    header = ["metric", "meaning", "unit", "additivity", "counted by", "is", "owner", "tables"]
    return "\n\n".join(
        [
            "# Metrics",
            WRITTEN.replace("tables'", "metrics'"),
            "A metric is declared once, in `warehouse_assets/metrics/`. Tables carry it by name, "
            "`ledgerlake metric NAME --by DIMENSION` computes one from the facts.",
            markdown_table(header, rows),
            "",
        ]
    )


def tables_by_metric(warehouse: Warehouse) -> Mapping[str, Sequence[str]]:
    """For each metric the names of the tables that have it as a column."""
    found: dict[str, list[str]] = {}
    for table in warehouse.tables.values():
        for column in table.columns:
            if column.role.metric:
                found.setdefault(column.role.metric, []).append(table.name)
    return found


def _formula(metric: AnyMetric) -> str:
    if isinstance(metric, Metric):
        return f"`{metric.expression}` over {table_link(metric.over, 'tables/')}"
    return f"{metric.part} / {metric.whole}"
