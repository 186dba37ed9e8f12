"""`ledgerlake docs`: the pages that are written from the tables' modules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FOLDER = Path("docs")


def docs(
    folder: Annotated[Path, typer.Argument(help="Where the pages go.")] = FOLDER,
) -> None:
    """Write a page for each table, with sample rows, the diagrams, columns, metrics, settings.

    **Example**

    `ledgerlake docs`
    """
    from warehouse_assets.command_line.output.console import output
    from warehouse_assets.documentation.pages import TABLES, pages
    from warehouse_assets.documentation.sample_lake import sample_lake, sample_rows
    from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

    warehouse = load_warehouse()
    output().print(f"Making a small lake to take sample rows from: {len(warehouse.tables)} tables")
    with sample_lake(warehouse) as settings:
        written = pages(warehouse, sample_rows(warehouse, settings))
    (folder / TABLES).mkdir(parents=True, exist_ok=True)
    for old in (folder / TABLES).glob("*.md"):
        if f"{TABLES}/{old.name}" not in written:
            old.unlink()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    output().print(f"{len(written)} pages written to {folder}")
