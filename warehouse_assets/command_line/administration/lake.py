"""ledgerlake maintain, relocate, drop: the files of a lake, and tables that it no longer needs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import InputMissing, SettingsError
from resources.lake.model.table_spec import TableSpec
from warehouse_assets.command_line.options import AsJson, DryRun
from warehouse_assets.command_line.output.console import errors, note, output
from warehouse_assets.command_line.output.formatting import counted, number, size
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.output.listing import data_table

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from warehouse_assets.modeling.loading.outline import Outlines

_QUARANTINE = "quarantine"


def maintain(dry_run: DryRun = False) -> None:
    """Expire old snapshots, compact small files and delete orphan files, of every table.

    Safe while others read and publish: a file is deleted only when an earlier run,
    LEDGERLAKE_ORPHAN_HOURS ago (a day by default), found already that nothing refers to it.

    **Example**

    `ledgerlake maintain --dry-run`
    """
    from resources.lake.lake import Lake
    from resources.settings import load_settings
    from resources.starrocks.refresh.status import may_delete
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    settings = load_settings()
    lake, allowed = Lake(settings), may_delete(settings)
    there = {name for _, name in lake.tables()}
    specs = [spec for name, spec in load_outlines().readable().items() if name in there]
    shown = data_table(
        ["table"], ["snapshots expired", "dead runs", "files deleted", "freed", "files waiting"]
    )
    freed = deleted = 0
    with output().status("Maintenance") as status:
        for spec in specs:
            status.update(f"Maintenance of {spec.name}")
            report = lake.maintain(spec, dry_run, allowed)
            freed, deleted = freed + report.bytes_deleted, deleted + report.files_deleted
            shown.add_row(
                spec.name,
                number(report.snapshots_expired),
                number(report.attempts_swept),
                number(report.files_deleted),
                size(report.bytes_deleted),
                number(report.files_waiting),
            )
    output().print(shown)
    would = "Would delete" if dry_run else "Deleted"
    note(f"{would} {counted(deleted, 'file')}, {size(freed)}, of {counted(len(specs), 'table')}.")


TakeOver = Annotated[
    bool,
    typer.Option(
        "--take-over",
        help="Make files that another catalog has this one's. Only if the other is gone for good.",
    ),
]


def relocate(dry_run: DryRun = False, take_over: TakeOver = False, as_json: AsJson = False) -> None:
    """Make a copied or moved lake right: its tables name their files where they are now.

    Copy the home, or catalog and warehouse, first, with nothing publishing. Then run this with
    LEDGERLAKE_HOME (and LEDGERLAKE_WAREHOUSE, LEDGERLAKE_CATALOG_URI) set to the copy. It reads
    no row and does not touch the original. It relocates all tables or, if it is stopped, none;
    then run it again. On S3 the same holds, once the objects are copied. A catalog that is a
    service (REST, Hive) is relocated with the service's own tools; this command then checks that
    every table is in place, and makes the files this catalog's.

    **Example**

    `cp -a lake copy && LEDGERLAKE_HOME=copy ledgerlake relocate`
    """
    from resources.lake.catalog.lake_identity import take_over as take
    from resources.lake.relocation.relocate import relocate as run
    from resources.settings import load_settings

    settings = load_settings()
    if take_over and not dry_run:
        take(settings)
    with errors().status("Relocating") as status:
        tables = run(settings, dry_run, lambda name: status.update(f"Relocating {name}"))
    moved = [each for each in tables if each.moved]
    if as_json:
        listed = [{**asdict(each), "moved": each.moved} for each in tables]
        print_json({"dry_run": dry_run, "tables": listed})
        return
    if moved:
        counts = ("snapshots", "manifests", "delete files")
        shown = data_table(["table", "from", "to"], counts, overflow="fold")
        for each in moved:
            numbers = map(number, (each.snapshots, each.manifests, each.delete_files))
            shown.add_row(each.table, each.source, each.target, *numbers)
        output().print(shown)
    would = "Would relocate" if dry_run else "Relocated"
    right = counted(len(tables) - len(moved), "table")
    note(f"{would} {counted(len(moved), 'table')}; {right} right already. Lake: {settings.home}")


def _undeclared(incomplete: str) -> list[str]:
    from warehouse_assets.command_line.completion import beginning

    def names() -> list[str]:
        from resources.lake.read_only_lake import ReadOnlyLake
        from resources.settings import load_settings
        from warehouse_assets.modeling.loading.outline_cache import load_outlines

        outlines = load_outlines()
        there = ReadOnlyLake(load_settings()).tables()
        return [name for _, name in there if not outlines.is_declared(name)]

    return beginning(incomplete, names)


Name = Annotated[
    str,
    typer.Argument(
        metavar="TABLE",
        help="A table of the lake, as `name` or `layer.name`.",
        autocompletion=_undeclared,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Force = Annotated[
    bool, typer.Option("--force", help="Also a table that a module declares: its rows are lost.")
]


def drop(name: Name, dry_run: DryRun = False, yes: Yes = False, force: Force = False) -> None:
    """Take a table out of the lake, with all its rows, snapshots and files. There is no way back.

    Meant for tables whose module is gone: `ledgerlake tables` lists them as "not in the code". A
    table that is declared is refused without --force.

    **Example**

    `ledgerlake drop dws_old_1d --dry-run`
    """
    from resources.lake.maintenance.drop import drop_table, files_of
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    settings = load_settings()
    lake, outlines = ReadOnlyLake(settings), load_outlines()
    spec = _found(name, lake, outlines)
    if outlines.is_declared(spec.name) and not force:
        raise SettingsError(
            f"{spec.name} is declared by a module: its rows would be lost, not its declaration",
            "To make its rows again: ledgerlake materialize. To drop it all the same: --force.",
        )
    files, bytes_ = files_of(settings, spec)
    what = f"{spec.full_name}: {counted(files, 'file')}, {size(bytes_)}"
    if dry_run:
        output().print(f"Would drop {what}", markup=False)
        return
    if not yes and not typer.confirm(f"Drop {what}? There is no way back."):
        raise typer.Exit(1)
    drop_table(settings, spec)
    output().print(f"Dropped {what}", markup=False)
    if settings.is_served:
        note(
            f"StarRocks shows {spec.name} no longer. A materialized view of it in "
            f"{settings.starrocks_database} stays until it is dropped there."
        )


def _found(name: str, lake: Lake, outlines: Outlines) -> TableSpec:
    """The table that is meant: one of the lake, or one of which only files are left.

    Raises:
        InputMissing: If there is none.
    """
    from resources.lake.maintenance.drop import files_of
    from warehouse_assets.modeling.layers import LAYERS
    from warehouse_assets.modeling.load_errors import did_you_mean

    layer, _, short = name.rpartition(".")
    there = [each for each in lake.tables() if each[1] == short and layer in ("", each[0])]
    if there:
        return outlines.readable().get(short) or TableSpec(*there[0], "", ())
    for namespace in (*LAYERS, _QUARANTINE):
        spec = TableSpec(namespace, short, "", ())
        if layer in ("", namespace) and short.isidentifier() and files_of(lake.settings, spec)[0]:
            return spec
    step = did_you_mean(short, [each for _, each in lake.tables()])
    raise InputMissing(f"there is no table {name} in the lake", step or "See ledgerlake tables.")
