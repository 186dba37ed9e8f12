"""A list of things on the screen, one line each, or a few where the screen is narrow.

No number is ever cut, and no text stands one letter a line: what does not fit across is written
as a name and, below it, what there is to say of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.output.data_table import data_table

Cell = str | Text

_GAP = 3
_NARROWEST = 20
_WIDEST_INDENT = 2


@dataclass(frozen=True)
class Heading:
    """A column. `long` texts are wrapped where words end; all others stand on one line."""

    name: str
    right: bool = False
    long: bool = False


@dataclass
class Listing:
    """Rows under headings, in sections; the first column that has a heading names the thing."""

    headings: Sequence[Heading]
    title: str | None = None
    rows: list[tuple[Cell, ...] | None] = field(default_factory=list["tuple[Cell, ...] | None"])

    def add(self, *cells: Cell) -> None:
        """Add a thing."""
        self.rows.append(cells)

    def end_section(self) -> None:
        """What comes now is of another section."""
        if self.rows and self.rows[-1] is not None:
            self.rows.append(None)

    def print(self) -> None:
        """Print it in the form that fits."""
        console = output()
        if self._width() <= console.width:
            console.print(self._across())
        else:
            self._print_down(console)

    def _width(self) -> int:
        """The narrowest that it can be across."""
        return sum(
            min(widest, _NARROWEST) if heading.long else widest
            for heading, widest in zip(self.headings, self._widest(), strict=True)
        ) + _GAP * (len(self.headings) - 1)

    def _widest(self) -> list[int]:
        return [
            max(
                [cell_len(heading.name)]
                + [cell_len(str(row[place])) for row in self.rows if row is not None]
            )
            for place, heading in enumerate(self.headings)
        ]

    def _across(self) -> object:
        table = data_table(self.title)
        for heading in self.headings:
            table.add_column(
                heading.name,
                justify="right" if heading.right else "left",
                no_wrap=not heading.long,
                overflow="fold",
            )
        for row in self.rows:
            if row is None:
                table.add_section()
            else:
                table.add_row(*(_text(cell) for cell in row))
        return table

    def _print_down(self, console: Console) -> None:
        if self.title:
            console.print(Text(self.title, style="bold"))
        for row in self.rows:
            if row is None:
                console.print()
                continue
            named = 1 if self.headings[0].name else 2
            name = Text(" ").join(_text(cell) for cell in row[:named] if str(cell))
            console.print(name, style="bold")
            for line in self._below(row, named, console.width - _WIDEST_INDENT):
                console.print(Padding(line, (0, 0, 0, _WIDEST_INDENT)))

    def _below(self, row: tuple[Cell, ...], named: int, width: int) -> list[Text]:
        """What is said of a thing: long texts on lines of their own, the others side by side."""
        pairs = [
            (heading, Text.assemble((f"{heading.name} " if heading.name else "", "dim"), text))
            for heading, cell in list(zip(self.headings, row, strict=True))[named:]
            if (text := _text(cell)).plain
        ]
        lines = [text for heading, text in pairs if heading.long]
        line = Text()
        for pair in (text for heading, text in pairs if not heading.long):
            if line and line.cell_len + _GAP + pair.cell_len > width:
                lines.append(line)
                line = Text()
            line = Text.assemble(line, " " * _GAP if line else "", pair)
        return [*lines, line] if line else lines


def _text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)
