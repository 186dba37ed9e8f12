"""Every generated page of `docs/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from warehouse_assets.documentation.column_page import column_page
from warehouse_assets.documentation.entity_page import entity_page
from warehouse_assets.documentation.markdown import WRITTEN, markdown_table, table_link
from warehouse_assets.documentation.metric_page import metric_page
from warehouse_assets.documentation.settings_page import settings_page
from warehouse_assets.documentation.table_page import SampleRow, table_page

if TYPE_CHECKING:
    from warehouse_assets.modeling.warehouse import Warehouse

TABLES = "tables"


def pages(warehouse: Warehouse, samples: Mapping[str, Sequence[SampleRow]]) -> Mapping[str, str]:
    """Path below `docs/` -> Markdown.

    Args:
        warehouse: The tables and metrics to write of.
        samples: A few rows of each table, by the table's name.
    """
    tables = {
        f"{TABLES}/{table.name}.md": table_page(table, warehouse, samples.get(table.name, ()))
        for table in warehouse.tables.values()
    }
    return {
        "settings.md": settings_page(),
        "metrics.md": metric_page(warehouse),
        f"{TABLES}/README.md": _index(warehouse),
        f"{TABLES}/entities.md": entity_page(warehouse),
        f"{TABLES}/columns.md": column_page(warehouse),
        **tables,
    }


def _index(warehouse: Warehouse) -> str:
    rows = [
        (
            table.layer,
            table.owner.removeprefix("team:"),
            table_link(table.name),
            table.doc.splitlines()[0],
        )
        for table in warehouse.tables.values()
    ]
    return "\n\n".join(
        [
            "# Tables",
            WRITTEN,
            "How they refer to each other: [entities](entities.md). Every column name: "
            "[columns](columns.md). Words: [glossary](../glossary.md).",
            markdown_table(["layer", "domain", "table", "grain"], rows),
            "",
        ]
    )
