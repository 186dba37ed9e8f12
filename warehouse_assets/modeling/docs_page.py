"""A table's page for people, written from its module and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from resources.lake.table_spec import Severity
from warehouse_assets.modeling.asset_metadata import lineage_table
from warehouse_assets.modeling.check_words import stated
from warehouse_assets.modeling.lineage import column_lineage

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from warehouse_assets.modeling.contract import ContractColumn
    from warehouse_assets.modeling.table import Table
    from warehouse_assets.modeling.warehouse import Warehouse


def docs_pages(warehouse: Warehouse) -> Mapping[str, str]:
    """File name -> Markdown, one page a table and an index."""
    pages = {f"{table.name}.md": docs_page(table, warehouse) for table in warehouse.tables.values()}
    return {"README.md": _index(warehouse), **pages}


def docs_page(table: Table, warehouse: Warehouse) -> str:
    """Grain, columns, checks, inputs, readers, lineage and SQL of one table."""
    parts = [
        f"# {table.name}",
        table.doc,
        _facts(table),
        "## Columns",
        _columns(table),
        "## Checks",
        _checks(table),
        "## Lineage",
        _graph(table, warehouse),
    ]
    if table.sql:
        parts += [lineage_table(column_lineage(table, warehouse.tables)), "## SQL"]
        parts += [f"```sql\n{_unindented(table.sql)}\n```"]
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """Every setting with its environment variable, default and meaning."""
    from resources.settings import SETTINGS_FILE, Settings

    rows = [
        f"| `LEDGERLAKE_{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Written by `make docs`; do not edit. Each is an environment variable. A lake keeps "
            f"its own in `{SETTINGS_FILE}` in its home; the environment wins.",
            "",
            "| variable | default | meaning |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "as the machine has"
    return "" if field.default is None else f"`{field.default}`"


def _facts(table: Table) -> str:
    kind = (
        f"one partition a business date (`{table.partition_column}`)"
        if table.partition_column
        else "replaced whole"
    )
    facts = {
        "Layer": table.layer,
        "Kind": kind,
        "Key": ", ".join(f"`{name}`" for name in table.key) or "none",
        "Owner": table.owner,
        "Fresh by": f"{table.freshness.at:%H:%M} the next day"
        if table.freshness
        else "no deadline",
        "Source": _source(table),
    }
    rows = [f"| {name} | {value} |" for name, value in facts.items() if value]
    return "\n".join(["| | |", "| --- | --- |", *rows])


def _source(table: Table) -> str:
    if table.source:
        return f"`{table.source.path}`, {table.source.format} files"
    return "computed in Python" if table.rows else ""


def _columns(table: Table) -> str:
    rows = [_column(column) for column in table.columns]
    return "\n".join(["| column | type | null | meaning |", "| --- | --- | --- | --- |", *rows])


def _column(column: ContractColumn) -> str:
    spec, role = column.spec, column.role
    roles = {"key": " (key)", "partition": " (partition)"}
    meaning = spec.doc + roles.get(role.role, "")
    if role.references:
        meaning += f" ([{role.references}]({role.references}.md))"
    return f"| {spec.name} | {spec.type} | {'yes' if spec.nullable else ''} | {meaning} |"


def _checks(table: Table) -> str:
    columns = [
        f"| `{column.spec.name}` {stated(check)} | "
        f"{'warning' if check.raise_warning else 'blocks'} |"
        for column in table.columns
        for check in column.checks
    ]
    rows = [
        f"| {check.name}: `{check.condition}` | "
        f"{'blocks' if check.severity is Severity.ERROR else 'warning'} |"
        for check in table.checks
    ]
    always = ["| columns without null | blocks |"]
    if table.partition_column:
        always.append("| rows inside their partition | blocks |")
    if table.key:
        always.append(f"| {', '.join(table.key)} unique | blocks |")
    return "\n".join(["| check | |", "| --- | --- |", *always, *columns, *rows])


def _graph(table: Table, warehouse: Warehouse) -> str:
    arrows = [
        f'  {name} -- "{window.name}" --> {table.name}' for name, window in table.reads.items()
    ]
    arrows += [f"  {table.name} --> {name}" for name in warehouse.readers[table.name]]
    if not arrows:
        arrows = [f"  {table.name}"]
    return "\n".join(["```mermaid", "graph LR", *arrows, "```"])


def _index(warehouse: Warehouse) -> str:
    rows = [
        f"| {table.layer} | [{table.name}]({table.name}.md) | {table.doc.splitlines()[0]} |"
        for table in warehouse.tables.values()
    ]
    return "\n".join(
        [
            "# Tables",
            "",
            "Written by `make docs` from the tables' modules; do not edit.",
            "",
            "| layer | table | grain |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _unindented(sql: str) -> str:
    from textwrap import dedent

    return dedent(sql).strip()
