"""ledgerlake trace: from a figure back to the files it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from resources.errors import SettingsError
from warehouse_assets.command_line.completion import table_names
from warehouse_assets.command_line.options import AsJson, Partition, asked_window
from warehouse_assets.command_line.output.console import errors, note, output
from warehouse_assets.command_line.output.formatting import (
    counted,
    day_ranges,
    modified,
    moment,
    size,
)
from warehouse_assets.command_line.output.json_output import print_json

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from resources.lake.model.publication_record import RuleOutcome
    from resources.settings import Settings
    from warehouse_assets.modeling.execution.provenance import Ancestor, TracedFile
    from warehouse_assets.modeling.loading.outline import Outline

_FILES_SHOWN = 8

Name = Annotated[
    str,
    typer.Argument(metavar="TABLE", help="The table to begin with.", autocompletion=table_names),
]
Depth = Annotated[
    int,
    typer.Option("--depth", "-d", metavar="LEVELS", min=0, help="Levels of inputs to walk back."),
]


def trace(
    name: Name, partition: Partition = None, depth: Depth = 20, as_json: AsJson = False
) -> None:
    """Walk a partition back: who published it, from what, down to the delivered files.

    Each table stands with the publication its partition is from: snapshot, run, code version,
    time, rows, checks. What several tables read is walked back once. Files are compared with
    the disk.

    **Example**

    `ledgerlake trace ads_finance_daily --partition 2026-11-19`
    """
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.modeling.execution.provenance import Ancestry
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    settings, outlines = load_settings(), load_outlines()
    table = outlines.table(name)
    lake = ReadOnlyLake(settings)
    day = _partition(table, partition, settings)
    with errors().status("Walking back"):
        root = Ancestry(outlines, lake, settings).of(table, day, depth)
    if as_json:
        print_json(_as_document(root), settings.zone)
        return
    output().print(_tree(root, settings.zone))
    note(_conclusion(root))


def _partition(table: Outline, partition: date | None, settings: Settings) -> date | None:
    if partition is None and table.partition_column:
        raise SettingsError(
            f"{table.name} has a partition for each business date, and none was asked for",
            f"Add --partition {settings.last_complete_date()}.",
        )
    if partition and not table.partition_column:
        raise SettingsError(f"{table.name} has no partitions", "Leave out --partition.")
    asked_window(settings, partition, None, None)
    return partition


def _as_document(ancestor: Ancestor) -> dict[str, object]:
    """An ancestor with its inputs, which it has at its first occurrence only."""
    record = ancestor.record
    return {
        "table": ancestor.table.name,
        "partitions": ancestor.days,
        "rows": ancestor.rows,
        "snapshot_id": ancestor.snapshot_id and str(ancestor.snapshot_id),
        "publication_id": record and record.publication_id,
        "run_id": record and record.run_id,
        "code_version": record and record.code_version,
        "code_changed": ancestor.code_changed,
        "published_at": record and record.published_at,
        "published_again": ancestor.again,
        "seen_before": ancestor.seen,
        "checks": [
            {"name": each.name, "failed": each.failed, "rows": each.rows}
            for each in (record.audit if record else ())
        ],
        "files": [
            {
                "path": each.file.path,
                "bytes": each.file.size,
                "rows": each.file.rows,
                "change": each.change or None,
            }
            for each in ancestor.files
        ],
        "inputs": [_as_document(parent) for parent in ancestor.inputs],
        "older_publications": ancestor.older,
    }


def _tree(ancestor: Ancestor, zone: ZoneInfo) -> Tree:
    tree = Tree(_label(ancestor, zone), guide_style="dim")
    for file in ancestor.files[:_FILES_SHOWN]:
        tree.add(_file(file, zone))
    rest = ancestor.files[_FILES_SHOWN:]
    if rest:
        changed = sum(bool(file.change) for file in rest)
        tree.add(Text(f"and {counted(len(rest), 'file')} more, {changed} changed", style="dim"))
    for parent in ancestor.inputs:
        tree.children.append(_tree(parent, zone))
    for name, count in ancestor.older.items():
        tree.add(Text(f"{name}: and {counted(count, 'older publication')}", style="dim"))
    return tree


def _label(ancestor: Ancestor, zone: ZoneInfo) -> Text:
    rows = ancestor.rows
    label = Text.assemble(
        (ancestor.table.name, "bold"),
        f"  {day_ranges(ancestor.days)}  ",
        ("rows not known" if rows is None else counted(rows, "row"), "cyan"),
    )
    if ancestor.again:
        label.append("  published again since it was read; as it is now:", style="yellow")
    if ancestor.seen:
        return label.append("  see above", style="dim")
    record = ancestor.record
    if record is None:
        return label.append(
            f"\nits publication record cannot be read: {ancestor.problem}; what it was made of is "
            "not known until it is materialized again",
            style="yellow",
        )
    snapshot = ancestor.snapshot_id
    details = [
        f"snapshot {snapshot}" if snapshot else "snapshot expired",
        f"run {record.run_id[:8]}",
        moment(record.published_at, zone),
    ]
    label.append("\n" + ", ".join(details), style="dim")
    label.append(f", code {record.code_version}", style="dim")
    if ancestor.code_changed:
        label.append(f" (today's is {ancestor.table.code_version})", style="yellow")
    return label.append_text(_checks(record.audit))


def _checks(audit: Sequence[RuleOutcome]) -> Text:
    broken = [outcome for outcome in audit if outcome.failed]
    passed = len(audit) - len(broken)
    text = Text(f", {counted(passed, 'rule')} held", style="dim")
    for outcome in broken:
        text.append(f", {outcome.name}: {outcome.failed:,} of {outcome.rows:,}", style="yellow")
    return text


def _file(traced: TracedFile, zone: ZoneInfo) -> Text:
    file = traced.file
    return Text.assemble(
        file.path,
        (f"  {size(file.size)}, {counted(file.rows, 'row')}, ", "dim"),
        (modified(file.modified_ns, zone), "dim"),
        (f"  {traced.change or 'unchanged'}", "yellow" if traced.change else "green"),
    )


def _conclusion(root: Ancestor) -> str:
    all_of_it = list(_walk(root))
    tables = {ancestor.table.name for ancestor in all_of_it}
    files = {file.file.path: file for ancestor in all_of_it for file in ancestor.files}
    changed = sum(bool(file.change) for file in files.values())
    verdict = "all as they were loaded" if not changed else f"{changed} changed since"
    found = f", {verdict}" if files else ""
    return f"{counted(len(tables), 'table')}, {counted(len(files), 'file')}{found}."


def _walk(ancestor: Ancestor) -> Iterator[Ancestor]:
    yield ancestor
    for parent in ancestor.inputs:
        yield from _walk(parent)
