"""A table's page: grain, columns, checks, lineage, sample rows, metrics, SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import dedent

from resources.duckdb.engine import lake_session
from resources.identifiers import quoted
from resources.lake.lake import Lake
from resources.lake.model.table_spec import Severity
from resources.settings import Settings
from warehouse_assets.documentation.markdown import markdown_table, mermaid, table_link
from warehouse_assets.modeling.declaration.contract import ContractColumn
from warehouse_assets.modeling.declaration.metric import Metric
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.sql.lineage import column_lineage
from warehouse_assets.orchestration.asset_metadata import lineage_table

SampleRow = Mapping[str, object]
_ROWS = 3


def table_page(table: Table, warehouse: Warehouse, samples: Sequence[SampleRow]) -> str:
    """The page of one table; without sample rows the section says that it is empty."""
    columns = markdown_table(["column", "type", "null", "meaning"], map(_column, table.columns))
    parts = [f"# {table.name}", table.doc, _facts(table)]
    if table.materialization.explanation:
        parts.append(table.materialization.explanation)
    parts += ["## Columns", columns]
    parts += ["## Checks", _checks(table), "## Lineage", _lineage(table, warehouse)]
    if table.sql:
        parts.append(lineage_table(column_lineage(table, warehouse.tables)))
    measured = [
        (metric.name, metric.meaning)
        for metric in warehouse.metrics
        if isinstance(metric, Metric) and metric.over == table.name
    ]
    if measured:
        parts += ["## Metrics over it", markdown_table(["metric", "meaning"], measured)]
    parts += ["## Sample rows", _samples(table, samples)]
    if table.sql:
        parts += ["## SQL", f"```sql\n{dedent(table.sql).strip()}\n```"]
    return "\n\n".join(parts) + "\n"


def _facts(table: Table) -> str:
    facts = {
        "Layer": table.layer,
        "Domain": table.domain,
        "Kind": _kind(table),
        "Key": ", ".join(f"`{name}`" for name in table.key) or "none",
        "Versions": _versions(table),
        "Owner": table.owner,
        "Fresh by": f"{table.freshness.at:%H:%M} the next day"
        if table.freshness
        else "no deadline",
        "Source": _source(table),
        "StarRocks": table.serving.title if table.serving else "",
    }
    return markdown_table(["", ""], [item for item in facts.items() if item[1]])


def _kind(table: Table) -> str:
    partitions = (
        f"one partition a business date (`{table.partition_column}`)"
        if table.partition_column
        else "no partitions"
    )
    return f"{table.materialization.title}; {partitions}"


def _versions(table: Table) -> str:
    """How the versions of a delivered thing are told apart."""
    log = table.change_log
    if log is None:
        return ""
    dated = f", dated by `{log.event_time}`" if log.event_time else ""
    sequences = ", ".join(f"`{name}`" for name in (log.sequence, *log.then_by))
    return f"of {', '.join(f'`{name}`' for name in log.key)}, latest by {sequences}{dated}"


def _source(table: Table) -> str:
    if table.source:
        return ", ".join(f"`{part.place}` ({part.format_name})" for part in table.source.parts)
    if table.events:
        versions = ", ".join(str(version) for version in table.events.versions)
        return f"events of type `{table.events.type}`, versions {versions}"
    return "computed in Python" if table.rows else ""


def _column(column: ContractColumn) -> tuple[str, str, str, str]:
    spec, role = column.spec, column.role
    meaning = spec.doc + {"key": " (key)", "partition": " (partition)"}.get(role.role, "")
    if role.references:
        meaning += f" ({table_link(role.references)})"
    if role.metric:
        meaning += f" ([metric](../metrics.md), counted by {role.counted_by})"
    return spec.name, spec.type, "yes" if spec.nullable else "", meaning


def _checks(table: Table) -> str:
    always = [("columns without null", "blocks")]
    if table.partition_column:
        always.append(("rows inside their partition", "blocks"))
    if table.key:
        always.append((f"{', '.join(table.key)} unique", "blocks"))
    of_columns = [
        (f"`{column.spec.name}` {check}", "warning" if check.raise_warning else "blocks")
        for column in table.columns
        for check in column.checks
    ]
    meanings = table.materialization.check_meanings
    of_rows = [
        (
            f"{check.name}: {meanings.get(check.name, f'`{check.condition}`')}",
            "blocks" if check.severity is Severity.ERROR else "warning",
        )
        for check in table.checks
    ]
    return markdown_table(["check", ""], always + of_columns + of_rows)


def _lineage(table: Table, warehouse: Warehouse) -> str:
    arrows = [
        f'{name} -- "{window.name}" --> {table.name}' for name, window in table.inputs.items()
    ]
    arrows += [f"{table.name} --> {name}" for name in warehouse.readers[table.name]]
    return mermaid("graph LR", arrows or [table.name])


def _samples(table: Table, samples: Sequence[SampleRow]) -> str:
    """A column a line, for tables are wider than pages."""
    if table.materialization.fills:
        return "None: each run fills in when it was, and this page would change with it."
    if not samples:
        return "None: the sample shop gives this table no rows."
    header = ["column", *(f"row {number}" for number in range(1, len(samples) + 1))]
    rows = [
        (name, *("" if row[name] is None else row[name] for row in samples))
        for name in (column.spec.name for column in table.columns)
    ]
    return markdown_table(header, rows)


def sample_rows(warehouse: Warehouse, settings: Settings) -> Mapping[str, Sequence[SampleRow]]:
    """Three rows of each table of a lake, by the table's name."""
    lake = Lake(settings)
    return {table.name: _sample(table, lake) for table in warehouse.tables.values()}


def _sample(table: Table, lake: Lake) -> Sequence[SampleRow]:
    names = [column.spec.name for column in table.columns]
    # The latest day, and there the rows with the most in them: a sample of nulls shows nothing.
    filled = " + ".join(f"CAST({quoted(name)} IS NOT NULL AS INTEGER)" for name in names)
    order = [f"{filled} DESC", *(quoted(name) for name in names)]
    if table.partition_column:
        order.insert(0, f"{quoted(table.partition_column)} DESC")
    with lake_session(lake.settings) as connection:
        relation = lake.relation_sql(lake.snapshot(table.spec), None)
        columns = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in names)
        found = connection.execute(
            f"SELECT {columns} FROM ({relation}) AS t ORDER BY {', '.join(order)} LIMIT {_ROWS}"
        ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]
