"""A list of things on the screen, one line each, or a few where the screen is narrow.

No number is ever cut, and no text stands one letter a line: a row that does not fit on one
line is written as a name with its cells below it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from warehouse_assets.command_line.output.console import output

Cell = str | Text

_GAP = 3
_NARROWEST = 20
_INDENT = 2


def data_table(
    left: Iterable[str] = (), right: Iterable[str] = (), title: str | None = None, **column: Any
) -> Table:
    """An empty table: columns of texts, then columns of numbers, which stand to the right.

    `column` is what rich's `add_column` takes, for each of the columns.
    """
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for heading in left:
        table.add_column(heading, **column)
    for heading in right:
        table.add_column(heading, justify="right", **column)
    return table


@dataclass
class Listing:
    """Rows under headings, in sections; the first column that has a heading names the row.

    Args:
        headings: The columns' names.
        right: Columns of numbers, which stand to the right.
        long: Columns of long texts, wrapped where words end; all others stand on one line.
        title: What stands above.
    """

    headings: Sequence[str]
    right: Collection[str] = ()
    long: Collection[str] = ()
    title: str | None = None
    _rows: list[tuple[Cell, ...] | None] = field(default_factory=list["tuple[Cell, ...] | None"])

    def add(self, *cells: Cell) -> None:
        """Add a row."""
        self._rows.append(cells)

    def end_section(self) -> None:
        """Begin another section with the next row."""
        if self._rows and self._rows[-1] is not None:
            self._rows.append(None)

    def print(self) -> None:
        """Print it in the form that fits."""
        console = output()
        if self._narrowest() <= console.width:
            console.print(self._across())
        else:
            self._print_down(console)

    def _narrowest(self) -> int:
        """The width that the listing needs at least when each row is one line."""
        widths = [_GAP * (len(self.headings) - 1)]
        for place, heading in enumerate(self.headings):
            cells = [heading, *(str(row[place]) for row in self._rows if row is not None)]
            widest = max(map(cell_len, cells))
            widths.append(min(widest, _NARROWEST) if heading in self.long else widest)
        return sum(widths)

    def _across(self) -> Table:
        table = data_table(title=self.title)
        for heading in self.headings:
            table.add_column(
                heading,
                justify="right" if heading in self.right else "left",
                no_wrap=heading not in self.long,
                overflow="fold",
            )
        for row in self._rows:
            if row is None:
                table.add_section()
            else:
                table.add_row(*(_text(cell) for cell in row))
        return table

    def _print_down(self, console: Console) -> None:
        if self.title:
            console.print(Text(self.title, style="bold"))
        named = 1 if self.headings[0] else 2
        for row in self._rows:
            if row is None:
                console.print()
                continue
            name = Text(" ").join(_text(cell) for cell in row[:named] if str(cell))
            console.print(name, style="bold")
            for line in self._below(row, named, console.width - _INDENT):
                console.print(Padding(line, (0, 0, 0, _INDENT)))

    def _below(self, row: tuple[Cell, ...], named: int, width: int) -> list[Text]:
        """The lines below a name: long texts on lines of their own, the others side by side."""
        long: list[Text] = []
        lines: list[Text] = []
        line = Text()
        for heading, cell in list(zip(self.headings, row, strict=True))[named:]:
            if not (text := _text(cell)).plain:
                continue
            pair = Text.assemble((f"{heading} " if heading else "", "dim"), text)
            if heading in self.long:
                long.append(pair)
                continue
            if line and line.cell_len + _GAP + pair.cell_len > width:
                lines.append(line)
                line = Text()
            line = Text.assemble(line, " " * _GAP if line else "", pair)
        return [*long, *lines, *([line] if line else [])]


def _text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)
