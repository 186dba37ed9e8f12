"""Every generated page of `docs/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from warehouse_assets.documentation.contract_page import contract_page
from warehouse_assets.documentation.markdown import WRITTEN, markdown_table, table_link
from warehouse_assets.documentation.reference_pages import (
    column_page,
    entity_page,
    metric_page,
    settings_page,
)
from warehouse_assets.documentation.table_page import SampleRow, table_page
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.layers import LAYERS

TABLES = "tables"
_LAYERS = {
    "ods": "as it was delivered",
    "dim": "what facts are looked at by",
    "fact": "what happened, and its sums by day",
    "reconciliation": "what must agree, and what does not",
    "ads": "what departments read",
}


def pages(warehouse: Warehouse, samples: Mapping[str, Sequence[SampleRow]]) -> Mapping[str, str]:
    """Path below `docs/` -> Markdown. `samples` are a few rows of each table, by its name."""
    tables = {
        f"{TABLES}/{table.name}.md": table_page(table, warehouse, samples.get(table.name, ()))
        for table in warehouse.tables.values()
    }
    return {
        "settings.md": settings_page(),
        "contracts.md": contract_page(warehouse),
        "metrics.md": metric_page(warehouse),
        f"{TABLES}/README.md": _index(warehouse),
        f"{TABLES}/entities.md": entity_page(warehouse),
        f"{TABLES}/columns.md": column_page(warehouse),
        **tables,
    }


def _index(warehouse: Warehouse) -> str:
    return "\n\n".join(
        [
            "# Tables",
            WRITTEN,
            "How they refer to each other: [entities](entities.md). Every column name: "
            "[columns](columns.md). Words: [glossary](../glossary.md).",
            *(part for layer in LAYERS for part in _layer(layer, warehouse)),
            "",
        ]
    )


def _layer(layer: str, warehouse: Warehouse) -> list[str]:
    """A layer's heading and its tables, by domain and name."""
    tables = [table for table in warehouse.tables.values() if table.layer == layer]
    rows = [
        (table.domain, table_link(table.name), table.doc.splitlines()[0])
        for table in sorted(tables, key=lambda each: (each.domain, each.name))
    ]
    heading = f"## {layer}: {_LAYERS[layer]}"
    return [heading, markdown_table(["domain", "table", "grain"], rows)]
