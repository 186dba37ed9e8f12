"""One item on the screen: both sides' rows side by side, where they came from, its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.formatting import cell, counted, moment, visible
from warehouse_assets.command_line.output.listing import Listing
from warehouse_assets.command_line.reconciliation.overview import (
    print_standing,
    standing_document,
)
from warehouse_assets.reporting.day_report import unit

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from warehouse_assets.modeling.execution.row_origin import Origin
    from warehouse_assets.reporting.item import ItemStory, SideRows

_COMPARED = ("id", "key", "date", "amount", "fee_amount", "status", "count")
_BETWEEN = 4


def print_item(story: ItemStory, zone: ZoneInfo) -> None:
    """Print the item."""
    result = story.result
    heading = Text.assemble(
        (visible(str(result["item_id"])), "bold"), f"  {story.rule} {result['dt']}\n"
    )
    heading.append(f"{result['state']}, {result['standing']}", style=_style(result))
    heading.append(f"  {visible(str(result['explanation']))}\n")
    money = unit(str(result["currency"]))
    heading.append(
        f"open {result['open_amount']:,f} {money}, since {result['first_date']}, "
        f"due {result['due_date']}, matched by {result['match_pass'] or 'nothing'}",
        style="dim",
    )
    output().print(heading)
    print_standing(result["dt"], story.date_standing)
    _print_compared(story, zone)
    _print_sides(story, zone)
    _print_history(story)
    _print_recorded(story, zone)


def item_document(story: ItemStory) -> dict[str, object]:
    """The item for JSON."""
    return {
        "rule": story.rule,
        **standing_document(story.date_standing),
        "item": dict(story.result),
        "left": _side_document(story.left),
        "right": _side_document(story.right),
        "history": [dict(each) for each in story.history],
        "decisions": [dict(each) for each in story.decisions],
        "adjustments": [dict(each) for each in story.adjustments],
    }


def _side_document(side: SideRows) -> dict[str, object]:
    return {
        "table": side.table,
        "word": side.word,
        "count": side.count,
        "rows": [
            {"row": dict(each.row), "came_from": [vars(origin) for origin in each.origins]}
            for each in side.rows
        ],
    }


def _print_compared(story: ItemStory, zone: ZoneInfo) -> None:
    """What is compared, the left beside the right."""
    listing = Listing(("", story.left.word, story.right.word))
    result = story.result
    for name in _COMPARED:
        left, right = result[f"left_{name}"], result[f"right_{name}"]
        if left is None and right is None:
            continue
        differs = None not in (left, right) and left != right and name not in ("id", "key")
        style = "yellow" if differs else ""
        listing.add(
            name.replace("_", " "),
            Text(cell(left, zone), style=style),
            Text(cell(right, zone), style=style),
        )
    listing.print()


def _print_sides(story: ItemStory, zone: ZoneInfo) -> None:
    """The rows of both sides, side by side where the screen is wide enough."""
    console = output()
    left, right = (Group(*_rows(side, zone)) for side in (story.left, story.right))
    widths = [Measurement.get(console, console.options, side).maximum for side in (left, right)]
    if sum(widths) + _BETWEEN > console.width:
        console.print(left)
        console.print(right)
        return
    grid = Table.grid(padding=(0, _BETWEEN, 0, 0))
    grid.add_row(left, right)
    console.print(grid)


def _rows(side: SideRows, zone: ZoneInfo) -> Iterator[RenderableType]:
    """The rows of a side, each field on a line, and the lines they were delivered in."""
    if not side.count:
        yield Text(f"{side.word}: nothing in {side.table}\n", style="dim")
    elif not side.rows:
        yield Text(f"{side.word}: its rows are no longer in {side.table}\n", style="yellow")
    for place, each in enumerate(side.rows, 1):
        of = f", row {place} of {side.count}" if side.count > 1 else ""
        yield Text(f"{side.word}: {side.table}{of}", style="bold")
        fields = Table.grid(padding=(0, 2, 0, 0))
        for name, value in each.row.items():
            if value is not None:
                fields.add_row(Text(name, style="dim"), Text(cell(value, zone)))
        yield fields
        yield from map(_origin, each.origins)
        if not each.origins:
            yield Text("its delivered line is not known", style="dim")
        yield Text()


def _origin(origin: Origin) -> Text:
    text = Text.assemble(
        ("came from ", "dim"), f"{visible(origin.file)}, line {origin.line}",
        (f"  {origin.table} {origin.day}", "dim"),
    )  # fmt: skip
    return text.append(f"  file {origin.change} since", style="yellow") if origin.change else text


def _print_history(story: ItemStory) -> None:
    listing = Listing(
        ("day", "state", "", "open", "", "in words"),
        right=("open",),
        long=("in words",),
        title=f"History, {counted(len(story.history), 'day')}",
    )
    for each in story.history:
        listing.add(
            str(each["dt"]),
            str(each["state"]),
            str(each["standing"]),
            f"{each['open_amount']:,f}",
            unit(str(each["currency"])),
            Text(visible(str(each["explanation"]))),
        )
    listing.print()


def _print_recorded(story: ItemStory, zone: ZoneInfo) -> None:
    for each in story.decisions:
        note(
            f"{each['decision']} by {each['decided_by']}, {moment(each['decided_at'], zone)}, "
            f"counts on {each['dt']}: {each['reason']}"
        )
    for each in _in_order(story.adjustments):
        state = "approved" if each["is_approved"] else "not approved"
        note(
            f"adjustment {each['adjustment_no']} of {each['amount']:,f} {each['currency']} on "
            f"{each['dt']}, {state}: {each['reason']}"
        )


def _in_order(rows: Sequence[Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
    return sorted(rows, key=lambda row: (str(row["dt"]), str(row["adjustment_no"])))


def _style(result: Mapping[str, object]) -> str:
    return {"overdue": "red", "closed": "green"}.get(str(result["standing"]), "yellow")
