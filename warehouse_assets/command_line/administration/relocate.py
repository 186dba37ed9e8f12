"""ledgerlake relocate: make a lake that was copied or moved right where it is now."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from warehouse_assets.command_line.output.console import errors, note, output

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
TakeOver = Annotated[
    bool,
    typer.Option(
        "--take-over",
        help="Make files that another catalog has this one's. Only if the other is gone for good.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]


def relocate(dry_run: DryRun = False, take_over: TakeOver = False, as_json: AsJson = False) -> None:
    """Make a copied or moved lake right: its tables name their files where they are now.

    Copy the home, or catalog and warehouse, first, with nothing publishing. Then run this with
    LEDGERLAKE_HOME (and LEDGERLAKE_WAREHOUSE, LEDGERLAKE_CATALOG_URI) set to the copy. No row is
    read, and the original is not touched. It moves all tables or, if it is stopped, none; run it
    again then. On S3 the same holds, once the objects are copied. A catalog that is a service
    (REST, Hive) is relocated with the service's own tools; this looks whether every table is in
    place, and makes the files this catalog's.

    **Example**

    `cp -a lake copy && LEDGERLAKE_HOME=copy ledgerlake relocate`
    """
    from resources.lake.catalog.lake_identity import take_over as take
    from resources.lake.relocation.relocate import relocate as run
    from resources.settings import load_settings
    from warehouse_assets.command_line.output.data_table import data_table
    from warehouse_assets.command_line.output.formatting import counted, number

    settings = load_settings()
    if take_over and not dry_run:
        take(settings)
    with errors().status("Relocating") as status:
        tables = run(settings, dry_run, lambda name: status.update(f"Relocating {name}"))
    moved = [each for each in tables if each.moved]
    if as_json:
        listed = [{**asdict(each), "moved": each.moved} for each in tables]
        typer.echo(json.dumps({"dry_run": dry_run, "tables": listed}, indent=1))
        return
    if moved:
        shown = data_table()
        for heading in ("table", "from", "to"):
            shown.add_column(heading, overflow="fold")
        for heading in ("snapshots", "manifests", "delete files"):
            shown.add_column(heading, justify="right")
        for each in moved:
            counts = (each.snapshots, each.manifests, each.delete_files)
            shown.add_row(each.table, each.source, each.target, *map(number, counts))
        output().print(shown)
    would = "Would relocate" if dry_run else "Relocated"
    right = counted(len(tables) - len(moved), "table")
    note(f"{would} {counted(len(moved), 'table')}; {right} right already. Lake: {settings.home}")
