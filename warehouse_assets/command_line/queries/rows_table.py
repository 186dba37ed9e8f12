"""Rows as a table on the screen: numbers to the right, amounts exact, nulls visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.output.formatting import cell
from warehouse_assets.command_line.output.listing import data_table
from warehouse_assets.command_line.queries.rows import Rows

_NUMBERS = (
    "DECIMAL", "BIGINT", "INTEGER", "HUGEINT", "DOUBLE", "FLOAT", "SMALLINT", "TINYINT", "U",
)  # fmt: skip
_NULL = Text("null", style="dim italic")
_PADDING = 3


def print_rows(
    rows: Rows, zone: ZoneInfo, title: str | None = None, headings: Mapping[str, str] | None = None
) -> None:
    """Print the rows, or those columns that have a heading, in the headings' order.

    Where they are too wide for the terminal, each row becomes a column. Nothing is cut.
    """
    console = output()
    headings = headings or {name: name for name in rows.names}
    table = _across(rows, zone, headings, title)
    width = Measurement.get(console, console.options.update(width=10_000), table).maximum
    if width <= console.width or not rows.values:
        console.print(table)
    elif not console.is_terminal:
        output(width).print(table)
    else:
        _print_down(console, rows, zone, headings, title)


def _across(rows: Rows, zone: ZoneInfo, headings: Mapping[str, str], title: str | None) -> Table:
    places = [rows.names.index(name) for name in headings]
    table = data_table(title=title)
    for place, heading in zip(places, headings.values(), strict=True):
        right = rows.types[place].startswith(_NUMBERS)
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for row in rows.values:
        table.add_row(*(_text(row[place], zone) for place in places))
    return table


def _print_down(
    console: Console, rows: Rows, zone: ZoneInfo, headings: Mapping[str, str], title: str | None
) -> None:
    lines = [
        (heading, [_text(row[rows.names.index(name)], zone) for row in rows.values])
        for name, heading in headings.items()
    ]
    room = console.width - max(len(heading) for heading, _ in lines) - 2
    widest = max(len(text) for _, texts in lines for text in texts)
    each = max(1, room // (widest + _PADDING))
    for first in range(0, len(rows.values), each):
        table = data_table(["row"], title=None if first else title)
        numbers: Sequence[int] = range(first, min(first + each, len(rows.values)))
        for number in numbers:
            table.add_column(str(number + 1), justify="right", overflow="fold")
        for heading, texts in lines:
            table.add_row(heading, *(texts[number] for number in numbers))
        console.print(table)


def _text(value: object, zone: ZoneInfo) -> Text:
    return _NULL if value is None else Text(cell(value, zone))
