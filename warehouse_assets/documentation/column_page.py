"""The dictionary: every column name of the warehouse, its one meaning, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse_assets.documentation.markdown import WRITTEN, markdown_table, table_link

if TYPE_CHECKING:
    from resources.lake.model.table_spec import ColumnSpec
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

_SHOWN = 6


def column_page(warehouse: Warehouse) -> str:
    """A line a column name; a name has one meaning wherever it stands."""
    found: dict[str, tuple[ColumnSpec, list[str]]] = {}
    for table in warehouse.tables.values():
        for column in table.columns:
            found.setdefault(column.spec.name, (column.spec, []))[1].append(table.name)
    rows = [
        (name, spec.type, spec.doc, _tables(tables))
        for name, (spec, tables) in sorted(found.items())
    ]
    return "\n\n".join(
        [
            "# Columns",
            WRITTEN,
            markdown_table(["column", "type", "meaning", "tables"], rows),
            "",
        ]
    )


def _tables(names: list[str]) -> str:
    shown = ", ".join(table_link(name) for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
