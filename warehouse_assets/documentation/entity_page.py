"""Which tables refer to which, drawn: all dimensions and facts at a glance, then each domain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from warehouse_assets.documentation.markdown import WRITTEN, mermaid

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

_DRAWN = ("dim_", "dwd_")
_TYPES = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMP"}


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
    for domain in sorted({table.owner for table in drawn}):
        of_domain = [table for table in drawn if table.owner == domain]
        parts += [f"## {domain.removeprefix('team:').capitalize()}", _domain(of_domain, names)]
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
