"""ledgerlake status: what needs a person, first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from resources.errors import RecordUnreadable
from resources.lake.model.publication_record import Partition, PublicationRecord
from resources.lake.model.window import named_days
from warehouse_assets.command_line.inspection.tables import show_problems
from warehouse_assets.command_line.options import AsJson
from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.formatting import counted
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.output.listing import Listing

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings
    from warehouse_assets.command_line.inspection.table_state import TableState
    from warehouse_assets.modeling.loading.outline import Outlines

_CHANGED = "delivered again"
_RECENT = timedelta(days=1)
_STYLES = {"warning": "yellow", "stale": "yellow", "delivery changed": "yellow"}


def status(as_json: AsJson = False) -> None:
    """Say what needs a person: late days, failed runs, refused or changed deliveries, stale days.

    Warnings of checks, which stop nothing, come last. Ends with code 1 if something needs a
    person.

    **Example**

    `ledgerlake status || mail -s "The lake" duty@example.com`
    """
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.command_line.inspection.table_state import TableStates
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    settings, outlines = load_settings(), load_outlines()
    lake = ReadOnlyLake(settings)
    look = TableStates(outlines, lake, settings)
    states = [look.of(table) for table in outlines.tables.values()]
    found = _findings(states, lake, settings)
    needs = [each for each in found if each.needs_person]
    if as_json:
        findings = [vars(each) for each in found]
        problems = [message for message, _ in outlines.problems]
        person = bool(needs or problems)
        print_json({"needs_person": person, "findings": findings, "problems": problems})
    else:
        _print(found, outlines)
        things = f"{counted(len(needs), 'thing')} need{'s' if len(needs) == 1 else ''} a person."
        note(f"{things if needs else 'Nothing needs a person.'} Lake: {settings.home}")
    if needs or outlines.problems:
        raise typer.Exit(1)


def _print(found: Sequence[Finding], outlines: Outlines) -> None:
    show_problems(outlines)
    if not found:
        output().print("[green]✓[/] Every table is on time and up to date.")
        return
    shown = Listing(["table", "needs", "what it is"], long=["what it is"])
    for each in found:
        shown.add(each.table, Text(each.kind, style=_STYLES.get(each.kind, "red")), each.text)
    shown.print()


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one table.

    `kind` is its heading: late, stale, ...; `days` is empty where it is about no business date.
    """

    kind: str
    table: str
    text: str
    days: Sequence[date] = ()
    needs_person: bool = True


def _findings(states: Sequence[TableState], lake: Lake, settings: Settings) -> list[Finding]:
    """All findings, the worst first."""
    found = [finding for state in states for finding in _of_table(state, lake)]
    order = ("cannot be read", "run failed", "late", "quarantine", "delivery changed", "stale")
    ranks: Mapping[str, int] = {kind: rank for rank, kind in enumerate(order)}
    found += _failed_runs(states, lake, settings)
    return sorted(found, key=lambda each: ranks.get(each.kind, len(order)))


def _of_table(state: TableState, lake: Lake) -> Iterator[Finding]:
    name = state.table.name
    if state.snapshot is None:
        yield Finding("cannot be read", name, state.trouble[0] if state.trouble else "")
        return
    if state.missing:
        at = f"{state.table.freshness.at:%H:%M}" if state.table.freshness else ""
        text = f"due by {at} and not published: {named_days(state.missing)}"
        yield Finding("late", name, text, state.missing)
    reasons: dict[str, list[Partition]] = {}
    for partition, reason in state.stale.items():
        reasons.setdefault(reason, []).append(partition)
    for reason, days in reasons.items():
        kind = "delivery changed" if reason.startswith(_CHANGED) else "stale"
        dates = [day for day in days if day is not None]
        yield Finding(kind, name, f"{reason}: {named_days(dates)}" if dates else reason, dates)
    yield from _refused_deliveries(state, lake)
    yield from _warnings(state, lake)


def _refused_deliveries(state: TableState, lake: Lake) -> Iterator[Finding]:
    """Days that were not published because more of their rows than tolerated were rejected."""
    quarantine = state.table.quarantine
    if quarantine is None or state.snapshot is None:
        return
    refused = lake.snapshot(quarantine)
    for day in refused.published:
        record = None if day in state.snapshot.published else _record(lake, refused, day)
        rows = record.partitions[day].rows if record else 0
        if rows and day is not None:
            text = f"{day}: {rows:,} rows rejected, more than tolerated; see {quarantine.name}"
            yield Finding("quarantine", state.table.name, text, [day])


def _warnings(state: TableState, lake: Lake) -> Iterator[Finding]:
    """Failed checks of severity warn, of the latest publication."""
    record = _latest_record(state, lake)
    for outcome in record.audit if record else ():
        if outcome.failed:
            text = f"{outcome.name}: {outcome.failed:,} of {outcome.rows:,} rows"
            yield Finding("warning", state.table.name, text, needs_person=False)


def _failed_runs(states: Sequence[TableState], lake: Lake, settings: Settings) -> Iterator[Finding]:
    """Runs that failed in the last 24 hours, of tables that were not published since."""
    from warehouse_assets.orchestration.instance.instance import failed_runs

    since = datetime.now(UTC) - _RECENT
    records = {state.table.name: _latest_record(state, lake) for state in states}
    published = {name: record and record.published_at for name, record in records.items()}
    told: set[str] = set()
    for run in failed_runs(settings, since):
        for name in run.tables:
            last = published.get(name)
            if name in published and name not in told and (last is None or last < run.began):
                told.add(name)
                at = run.began.astimezone(settings.zone)
                text = f"run {run.run_id[:8]} of {at:%Y-%m-%d %H:%M} failed"
                yield Finding("run failed", name, text)


def _latest_record(state: TableState, lake: Lake) -> PublicationRecord | None:
    """The record of the latest partition; None where nothing readable is published."""
    if state.snapshot is None or not state.snapshot.published:
        return None
    return _record(lake, state.snapshot, list(state.snapshot.published)[-1])


def _record(lake: Lake, snapshot: TableSnapshot, partition: Partition) -> PublicationRecord | None:
    """The record of a partition; None if it cannot be read, which makes the partition stale."""
    try:
        return lake.record(snapshot, partition)
    except RecordUnreadable:
        return None
