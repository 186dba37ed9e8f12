"""`ledgerlake docs`: a page a table, written from the tables' modules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FOLDER = Path("docs/tables")


def docs(
    folder: Annotated[Path, typer.Argument(help="Where the pages go.")] = FOLDER,
) -> None:
    """Write a page for each table: grain, columns, checks, lineage, SQL."""
    from warehouse_assets.command_line.console import output
    from warehouse_assets.modeling.docs_page import docs_pages, settings_page
    from warehouse_assets.modeling.warehouse import load_warehouse

    pages = docs_pages(load_warehouse())
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder.parent / "settings.md").write_text(settings_page(), encoding="utf-8")
    output().print(f"{len(pages)} pages written to {folder}")
