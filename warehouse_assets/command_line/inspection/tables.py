"""ledgerlake tables: every table, what is published of it, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from resources.errors import LedgerlakeError
from warehouse_assets.command_line.completion import layer_names
from warehouse_assets.command_line.options import AsJson
from warehouse_assets.command_line.output.console import note, output, show_error
from warehouse_assets.command_line.output.formatting import counted, day_ranges, number
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.output.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import Partition
    from resources.lake.model.table_spec import TableSpec
    from warehouse_assets.command_line.inspection.table_state import TableState, TableStates
    from warehouse_assets.modeling.execution.stale_partitions import Reasons as StaleReasons
    from warehouse_assets.modeling.loading.outline import Outline, Outlines

_REASONS_SHOWN = 8

Layer = Annotated[
    str | None,
    typer.Option(
        "--layer",
        "-l",
        metavar="LAYER",
        help="Only this layer: ods, dim, fact or ads.",
        autocompletion=layer_names,
    ),
]
Reasons = Annotated[
    bool, typer.Option("--reasons", "-v", help="Every reason why something is stale.")
]


def tables(layer: Layer = None, reasons: Reasons = False, as_json: AsJson = False) -> None:
    """List the tables: what a row is, which days are published, what is stale, what is due.

    A published day is stale when its code, its inputs or its delivered files have changed since.
    It is provisional until its sources have delivered all in which its late rows count, then final.
    Tables of the lake that no module declares any more are listed last.

    **Example**

    `ledgerlake tables --layer ads`
    """
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.command_line.inspection.table_state import WATCHED_DAYS, TableStates
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    settings, outlines = load_settings(), load_outlines()
    lake = ReadOnlyLake(settings)
    look = TableStates(outlines, lake, settings)
    states = [look.of(table) for table in _listed_tables(outlines, layer)]
    _require_one_readable(states)
    undeclared = [spec for spec in look.not_in_the_code() if layer in (None, spec.namespace)]
    if as_json:
        document = {
            "lake": settings.home,
            "tables": [_as_document(state) for state in states],
            "not_in_the_code": [spec.full_name for spec in undeclared],
            "problems": [message for message, _ in outlines.problems],
        }
        print_json(document, settings.zone)
        return
    _print(states, undeclared, lake)
    show_reasons({state.table.name: state.stale for state in states}, every=reasons)
    show_problems(outlines)
    for state in states:
        if state.trouble:
            show_error(*state.trouble, title=f"{state.table.name} cannot be read")
    note(
        f"{_books(look)}Stale days are looked for among the latest {WATCHED_DAYS}, changed "
        f"deliveries among all. Lake: {settings.home}"
    )


def _books(look: TableStates) -> str:
    through = look.finality.books.closed_through
    return f"The books are closed through {through}. " if through else ""


def _listed_tables(outlines: Outlines, layer: str | None) -> list[Outline]:
    """The tables of a layer, or of all, layer by layer.

    Raises:
        SettingsError: If there is no such layer; suggests the nearest.
    """
    from warehouse_assets.command_line.selection import checked_layer
    from warehouse_assets.modeling.layers import LAYERS

    layers = [checked_layer(layer)] if layer else list(LAYERS)
    return [table for each in layers for table in outlines.tables.values() if table.layer == each]


def _require_one_readable(states: Sequence[TableState]) -> None:
    """Check that some published table can be read.

    Raises:
        LedgerlakeError: If none can: then the lake itself is broken, and one error says so.
    """
    troubles = [state.trouble for state in states if state.trouble]
    if troubles and not any(state.snapshot and state.snapshot.published for state in states):
        raise LedgerlakeError(*troubles[0])


def show_problems(outlines: Outlines) -> None:
    """Name the modules that do not load; their tables are not listed."""
    for message, next_step in outlines.problems:
        show_error(message, next_step, title="Does not load")


def _as_document(state: TableState) -> dict[str, object]:
    """A table's state for --json."""
    table, snapshot = state.table, state.snapshot
    return {
        "table": table.name,
        "layer": table.layer,
        "one_row_per": _grain(table),
        "owner": table.owner,
        "rows": snapshot.rows if snapshot else None,
        "published": bool(snapshot and snapshot.published),
        "days": state.days,
        "final_through": state.final_through,
        "provisional_days": state.provisional,
        "closed_through": state.closed_through,
        "missing_days": state.missing,
        "due": state.due,
        "stale": [
            {"partition": partition, "reason": reason} for partition, reason in state.stale.items()
        ],
        "trouble": state.trouble[0] if state.trouble else None,
    }


def _grain(table: Outline) -> str:
    """What one row of the table is: the first paragraph of its docstring without "One row per"."""
    first = " ".join(table.doc.split("\n\n")[0].split())
    return first.removeprefix("One row per ").rstrip(".")


def _print(states: list[TableState], undeclared: list[TableSpec], lake: Lake) -> None:
    shown = Listing(
        ["table", "one row per", "rows", "days", "stale", "published", "final", "due", "owner"],
        right=["rows", "days", "stale"],
        long=["one row per"],
    )
    layer = ""
    for state in states:
        if layer and state.table.layer != layer:
            shown.end_section()
        layer = state.table.layer
        shown.add(*_line(state))
    if undeclared:
        shown.end_section()
    for spec in undeclared:
        rows = _rows_if_readable(lake, spec)
        shown.add(
            spec.full_name,
            Text(f"not in the code; ledgerlake drop {spec.name}", style="yellow"),
            *(rows, "", "", "", "", "", ""),
        )
    shown.print()


def _rows_if_readable(lake: Lake, spec: TableSpec) -> str:
    try:
        return number(lake.snapshot(spec).rows)
    except LedgerlakeError:
        return "?"


def _line(state: TableState) -> tuple[str | Text, ...]:
    days, stale = state.days, len(state.stale)
    return (
        state.table.name,
        _grain(state.table),
        number(state.snapshot.rows) if state.snapshot else "",
        number(len(days)) if days else "",
        Text(str(stale), style="yellow" if stale else "dim"),
        _published(state),
        _final(state),
        _due(state),
        state.table.owner.removeprefix("team:"),
    )


def _published(state: TableState) -> Text:
    if state.snapshot is None:
        return Text("cannot be read", style="red")
    days = state.days
    if not days:
        return Text("whole") if state.snapshot.published else Text("never", style="yellow")
    return Text(f"{days[0]} .. {days[-1]}")


def _final(state: TableState) -> Text:
    """The last final day; green where the table closes with the books."""
    if not state.days:
        return Text("")
    if state.final_through is None:
        return Text("provisional", style="yellow")
    return Text(f"to {state.final_through}", style="green" if state.closed_through else "")


def _due(state: TableState) -> Text:
    """The next deadline, or the first late day and the number of the others."""
    if state.missing:
        more = f" +{len(state.missing) - 1:,}" if len(state.missing) > 1 else ""
        return Text(f"late: {state.missing[0]}{more}", style="red")
    return Text(f"{state.due:%d %b %H:%M}" if state.due else "", style="dim")


def show_reasons(reasons: StaleReasons, every: bool = False) -> None:
    """Print the tables that are stale for each reason, with the days where it is only one table.

    Only the first few reasons, unless `every` one is asked for.
    """
    tables: dict[str, dict[str, list[Partition]]] = {}
    for name, partitions in reasons.items():
        for partition, reason in partitions.items():
            tables.setdefault(reason, {}).setdefault(name, []).append(partition)
    console = output()
    most = len(tables) if every else _REASONS_SHOWN
    for reason, found in list(tables.items())[:most]:
        names = ", ".join(found)
        if len(found) == 1:
            names += " " + day_ranges(*found.values())
        console.print(Text.assemble((f"{reason}: ", "yellow"), (names, "dim")))
    if len(tables) > most:
        more = counted(len(tables) - most, "more reason")
        console.print(Text(f"and {more}: ledgerlake tables --reasons", style="dim"))
