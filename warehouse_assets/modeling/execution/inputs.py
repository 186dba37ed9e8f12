"""What a run sees of its inputs: pinned at its start, the same to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.errors import InputMissing
from resources.lake.model.publication_record import InputState, Partition, digest_of
from resources.lake.model.window import Window
from resources.lake.read.table_snapshot import TableSnapshot
from warehouse_assets.modeling.declaration.windows import Visible

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.settings import Settings
    from warehouse_assets.modeling.loading.outline import TableFacts, WarehouseFacts


@dataclass(frozen=True)
class InputSnapshot:
    """One input as the run sees it."""

    snapshot: TableSnapshot
    visible: Visible


def pin_inputs(
    table: TableFacts,
    warehouse: WarehouseFacts,
    lake: Lake,
    settings: Settings,
    window: Window | None,
) -> dict[str, InputSnapshot]:
    """The snapshot of every input of the table for a run over the window.

    Raises:
        InputMissing: If a partition the run must see is not published; names all of them.
    """
    pinned: dict[str, InputSnapshot] = {}
    for name in table.inputs:
        snapshot = lake.snapshot(warehouse.table(name).spec)
        visible = visible_partitions(table, name, snapshot, window, settings)
        # Of its own earlier days a table has none on its first.
        if visible.missing or not (snapshot.published or name == table.name):
            raise _missing(table, name, visible, window, settings)
        pinned[name] = InputSnapshot(snapshot, visible)
    return pinned


def visible_partitions(
    table: TableFacts, name: str, snapshot: TableSnapshot, window: Window | None, settings: Settings
) -> Visible:
    """The partitions of one input that a run over the window may see."""
    if window is None:
        return Visible(None)
    return table.inputs[name].visible(window, snapshot.published, settings.first_date)


def input_states(
    table: TableFacts,
    snapshots: Mapping[str, TableSnapshot],
    window: Window | None,
    settings: Settings,
) -> dict[Partition, dict[str, InputState]]:
    """What each output partition sees of each input, as the publication record keeps it."""
    days: list[Partition] = [None] if window is None else list(window)
    return {
        day: {
            name: _state(table, name, snapshot, day, settings)
            for name, snapshot in snapshots.items()
        }
        for day in days
    }


def seen_publications(
    table: TableFacts, name: str, snapshot: TableSnapshot, day: Partition, settings: Settings
) -> dict[Partition, str]:
    """The partitions of an input that one output partition sees rows of.

    Each with the publication that those rows are from. Of an input that is read by the date of its
    events, only what a partition has of that very date counts: rows that come late for one date
    are no news for the others.
    """
    window = None if day is None else Window.of_day(day)
    partitions = visible_partitions(table, name, snapshot, window, settings).partitions
    stored = snapshot.published if partitions is None else partitions.values()
    contents = {each: snapshot.rows_from[each] for each in stored if each in snapshot.published}
    reads = table.inputs[name]
    # The records know the dates of the change log's own event time.
    if not reads.needs_event_time or reads.event_time:
        return contents
    dated = {each: snapshot.dates(each) for each in contents}
    return {
        each: contents[each] if dates is None else dates[day].since
        for each, dates in dated.items()
        if dates is None or day in dates
    }


def _state(
    table: TableFacts, name: str, snapshot: TableSnapshot, day: Partition, settings: Settings
) -> InputState:
    seen = seen_publications(table, name, snapshot, day, settings)
    return InputState(snapshot.snapshot_id, digest_of(seen, seen), len(seen))


def _missing(
    table: TableFacts, name: str, visible: Visible, window: Window | None, settings: Settings
) -> InputMissing:
    target = f"{table.name} {window}" if window else table.name
    if not visible.missing:
        return InputMissing(
            f"{target}: input {name} has never been published",
            f"Materialize it first: ledgerlake materialize {name}",
        )
    first, last = visible.missing[0], visible.missing[-1]
    count = len(visible.missing)
    days = f"partition {first}" if count == 1 else f"{count} partitions in {first}..{last}"
    return InputMissing(
        f"{target}: {days} of input {name} not published",
        f"Materialize them first: ledgerlake materialize {name} --from {first} --to {last}"
        + (_where_it_begins(settings) if first == settings.first_date else ""),
    )


def _where_it_begins(settings: Settings) -> str:
    return (
        f". Or, if the lake begins later: set LEDGERLAKE_FIRST_DATE in "
        f"{settings.home / 'settings.env'}; it is {settings.first_date} now"
    )
