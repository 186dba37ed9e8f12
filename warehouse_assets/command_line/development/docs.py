"""ledgerlake docs: the pages that are generated from the modules of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resources.errors import SettingsError
from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.sample_shop import shop_module

FOLDER = Path("docs")


def docs(folder: Annotated[Path, typer.Argument(help="Where the pages go.")] = FOLDER) -> None:
    """Write a page for each table, with sample rows, the diagrams, columns, metrics, settings.

    **Example**

    `ledgerlake docs`
    """
    from warehouse_assets.documentation.pages import TABLES, pages
    from warehouse_assets.documentation.table_page import sample_rows
    from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

    shop = shop_module("sample_lake")
    if shop is None:
        raise SettingsError(
            "the sample shop, which sample rows are taken from, is not installed",
            "Run ledgerlake docs in a checkout of the project.",
        )
    warehouse = load_warehouse()
    output().print(f"Making a small lake to take sample rows from: {len(warehouse.tables)} tables")
    with shop.sample_lake(warehouse) as settings:
        written = pages(warehouse, sample_rows(warehouse, settings))
    (folder / TABLES).mkdir(parents=True, exist_ok=True)
    for old in (folder / TABLES).glob("*.md"):
        if f"{TABLES}/{old.name}" not in written:
            old.unlink()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    output().print(f"{len(written)} pages written to {folder}")
