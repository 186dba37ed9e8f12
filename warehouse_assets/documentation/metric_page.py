"""The metric library as a page: what each figure means and which tables carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from warehouse_assets.documentation.markdown import WRITTEN, markdown_table, table_link
from warehouse_assets.modeling.declaration.metric import Metric

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.metric import AnyMetric
    from warehouse_assets.modeling.declaration.warehouse import Warehouse


def metric_page(warehouse: Warehouse) -> str:
    """Every metric by domain and name; of several dates the first is the default."""
    carriers = tables_by_metric(warehouse)
    metrics = sorted(warehouse.metrics, key=lambda each: (each.owner, each.name))
    domains = list(dict.fromkeys(metric.owner for metric in metrics))
    parts = [
        "# Metrics",
        WRITTEN.replace("tables'", "metrics'"),
        "A metric is declared once, in `warehouse_assets/metrics/`. Tables carry it by name, "
        "`ledgerlake metric NAME --by DIMENSION` computes one from the facts. Of several dates the "
        "first is the default.",
        "A table that summarizes metrics of several facts declares it: "
        "`sql=metric_rollup(by=(...))`, as CONTRIBUTING.md shows.",
    ]
    for domain in domains:
        own = [metric for metric in metrics if metric.owner == domain]
        parts += [
            f"## {domain.removeprefix('team:').capitalize()}",
            markdown_table(
                ["metric", "meaning", "unit", "counted by"],
                [
                    (
                        f"[{metric.name}](#{metric.name})",
                        metric.meaning,
                        metric.unit,
                        ", ".join(warehouse.metrics.dates(metric)),
                    )
                    for metric in own
                ],
            ),
            *(_details(metric, carriers.get(metric.name, ())) for metric in own),
        ]
    return "\n\n".join([*parts, ""])


def _details(metric: AnyMetric, carriers: Sequence[str]) -> str:
    tables = ", ".join(table_link(name, "tables/") for name in carriers)
    return f"### {metric.name}\n{_formula(metric)}; {metric.additivity}. " + (
        f"In {tables}." if tables else "No table carries it."
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
