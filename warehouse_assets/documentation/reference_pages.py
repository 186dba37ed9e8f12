"""Pages over the whole warehouse: its columns, its entities, its metrics, and the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic.fields import FieldInfo

from resources.lake.model.table_spec import ColumnSpec
from resources.settings import SETTINGS_FILE, Settings
from warehouse_assets.documentation.markdown import WRITTEN, markdown_table, mermaid, table_link
from warehouse_assets.modeling.declaration.metric import AnyMetric, Metric
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.metrics.summaries import carriers

_TABLES_SHOWN = 6
_DRAWN = ("dim_", "dwd_")
_TYPES = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMP"}


def column_page(warehouse: Warehouse) -> str:
    """A line a column name; a name has one meaning wherever it stands."""
    found: dict[str, tuple[ColumnSpec, list[str]]] = {}
    for table in warehouse.tables.values():
        for column in table.columns:
            found.setdefault(column.spec.name, (column.spec, []))[1].append(table.name)
    rows = [
        (name, spec.type, spec.doc, _tables_of(tables))
        for name, (spec, tables) in sorted(found.items())
    ]
    table = markdown_table(["column", "type", "meaning", "tables"], rows)
    return "\n\n".join(["# Columns", WRITTEN, table, ""])


def _tables_of(names: list[str]) -> str:
    shown = ", ".join(table_link(name) for name in names[:_TABLES_SHOWN])
    more = len(names) - _TABLES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def entity_page(warehouse: Warehouse) -> str:
    """Entity diagrams made of the contracts' keys and references."""
    drawn = [table for table in warehouse.tables.values() if table.name.startswith(_DRAWN)]
    names = {table.name for table in drawn}
    parts = [
        "# Entities",
        WRITTEN,
        "A line reads: one row on the left belongs to any number of rows on the right, by the "
        "column named. Summaries and reports are left out: they are grouped facts.",
        "## All",
        mermaid("erDiagram", [line for table in drawn for line in _relations(table, names)]),
    ]
    for domain in sorted({table.domain for table in drawn}):
        of_domain = [table for table in drawn if table.domain == domain]
        parts += [f"## {domain.capitalize()}", _domain(of_domain, names)]
    return "\n\n".join(parts) + "\n"


def _domain(tables: Iterable[Table], names: set[str]) -> str:
    lines: list[str] = []
    for table in tables:
        lines += [f"{table.name} {{", *_attributes(table), "}"]
        lines += _relations(table, names)
    return mermaid("erDiagram", lines)


def _attributes(table: Table) -> Iterator[str]:
    marks = {"key": "PK", "reference": "FK", "partition": "PK"}
    for column in table.columns:
        mark = marks.get(column.role.role)
        if mark:
            kind = _TYPES.get(column.spec.type, column.spec.type).split("(")[0]
            also = ", FK" if mark == "PK" and column.role.references else ""
            yield f'  {kind} {column.spec.name} {mark}{also} "{column.spec.doc}"'


def _relations(table: Table, names: set[str]) -> Iterator[str]:
    for column in table.columns:
        target = column.role.references
        if target in names and target != table.name:
            zero = "|o" if column.spec.nullable else "||"
            yield f"{target} {zero}--o{{ {table.name} : {column.spec.name}"


def metric_page(warehouse: Warehouse) -> str:
    """Every metric by domain and name; of several dates the first is the default."""
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
        counted_by = (", ".join(warehouse.metrics.dates(metric)) for metric in own)
        rows = [
            (f"[{metric.name}](#{metric.name})", metric.meaning, metric.unit, dates)
            for metric, dates in zip(own, counted_by, strict=True)
        ]
        parts += [
            f"## {domain.removeprefix('team:').capitalize()}",
            markdown_table(["metric", "meaning", "unit", "counted by"], rows),
            *(_details(metric, carriers(warehouse.tables, metric.name)) for metric in own),
        ]
    return "\n\n".join([*parts, ""])


def _details(metric: AnyMetric, carried_by: Iterable[str]) -> str:
    tables = ", ".join(table_link(name, "tables/") for name in carried_by)
    return f"### {metric.name}\n{_formula(metric)}; {metric.additivity}. " + (
        f"In {tables}." if tables else "No table carries it."
    )


def _formula(metric: AnyMetric) -> str:
    if isinstance(metric, Metric):
        return f"`{metric.expression}` over {table_link(metric.over, 'tables/')}"
    return f"{metric.part} / {metric.whole}"


def settings_page() -> str:
    """The settings in the order in which they are declared."""
    rows = [
        (f"`LEDGERLAKE_{name.upper()}`", _default(field), field.description)
        for name, field in Settings.model_fields.items()
    ]
    introduction = (
        "Written by `make docs`; do not edit. Each is an environment variable. A lake keeps "
        f"its own in `{SETTINGS_FILE}` in its home; the environment wins."
    )
    table = markdown_table(["variable", "default", "meaning"], rows)
    return f"# Settings\n\n{introduction}\n\n{table}\n"


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "as the machine has"
    return "" if field.default is None else f"`{field.default}`"
