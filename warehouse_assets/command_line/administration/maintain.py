"""ledgerlake maintain: expire old snapshots, remove files that nothing refers to."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse_assets.command_line.output.console import note, output

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]


def maintain(dry_run: DryRun = False) -> None:
    """Keep every table fast and the disk empty. Safe while others read and publish.

    A file goes only when an earlier run, LEDGERLAKE_ORPHAN_HOURS ago (a day by default), saw
    already that nothing refers to it.

    **Example**

    `ledgerlake maintain --dry-run`
    """
    from resources.lake.lake import Lake
    from resources.settings import load_settings
    from resources.starrocks.refresh.status import may_delete
    from warehouse_assets.command_line.output.data_table import data_table
    from warehouse_assets.command_line.output.formatting import counted, number, size
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    settings = load_settings()
    lake, allowed = Lake(settings), may_delete(settings)
    there = {name for _, name in lake.tables()}
    specs = [spec for name, spec in load_outlines().readable().items() if name in there]
    shown = data_table()
    shown.add_column("table")
    for heading in ("snapshots expired", "dead runs", "files deleted", "freed", "files waiting"):
        shown.add_column(heading, justify="right")
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
