"""ledgerlake drop: take a table that no module declares any more out of the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import InputMissing, SettingsError
from warehouse_assets.command_line.output.console import note, output

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.model.table_spec import TableSpec
    from warehouse_assets.modeling.loading.outline import Outlines

_QUARANTINE = "quarantine"


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
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be dropped.")]
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
    from warehouse_assets.command_line.output.formatting import counted, size
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
    from resources.lake.model.table_spec import TableSpec
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
