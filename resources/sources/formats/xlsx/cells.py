"""One cell of a sheet as text: what it holds, exactly, or why that cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element

from resources.sources.declaration.record import NumberText
from resources.sources.formats.floating_point import spelled
from resources.sources.formats.xlsx.serials import NoTime, Serials

_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
# From here on, not every whole number is a double.
_WHOLE_BELOW = 2**53
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class BadCell(ValueError):
    """A cell whose value cannot be taken; says why."""


@dataclass(frozen=True)
class Cells:
    """What a workbook says of all its cells.

    Attributes:
        shared: Its shared strings.
        date_styles: Numbers of the styles that show a number as a date or a time of day.
        serials: How such a number becomes one.
    """

    shared: Sequence[str]
    date_styles: frozenset[int]
    serials: Serials

    def text(self, cell: Element, is_serial: bool = False) -> str | None:
        """The text of a cell; None where it is empty.

        Args:
            cell: The element `c` of a sheet.
            is_serial: Whether a number is a date or time whatever its style is.

        Raises:
            BadCell: If it holds an error, a formula that was never worked out, or no value of the
                kind that it says.
        """
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find("is")
            return None if inline is None else string_of(inline)
        value = cell.findtext("v")
        if value is None or (kind == "n" and not value.strip()):
            if cell.find("f") is not None:
                raise BadCell("a formula without its value: have the workbook saved by Excel")
            return None
        if kind == "str":
            return unescaped(value)
        if kind == "s":
            return self._shared(value)
        if kind == "b" and value in ("0", "1"):
            return "true" if value == "1" else "false"
        if kind == "d":
            return value
        if kind == "n":
            return self._number(value.strip(), is_serial or self._is_date(cell))
        raise BadCell(f"the error {value}" if kind == "e" else f"{value!r} as {kind!r}")

    def _shared(self, number: str) -> str:
        if not number.isascii() or not number.isdigit() or int(number) >= len(self.shared):
            raise BadCell(f"the shared text {number!r}, which there is not")
        return self.shared[int(number)]

    def _is_date(self, cell: Element) -> bool:
        style = cell.get("s", "0")
        return style.isdigit() and int(style) in self.date_styles

    def _number(self, text: str, is_serial: bool) -> str:
        if not _NUMBER.fullmatch(text):
            raise BadCell(f"{text!r} as a number")
        shortest = spelled(float(text))
        if shortest is None:
            raise BadCell(f"{text}, which is beyond all numbers of a sheet")
        if is_serial:
            try:
                return self.serials.text(Decimal(shortest))
            except NoTime as error:
                raise BadCell(f"{text} as a date: {error}") from error
        if text.isdigit():
            return NumberText(text)
        if abs(float(text)) >= _WHOLE_BELOW:
            raise BadCell(f"{text}, of which a sheet keeps 15 digits: have it delivered as text")
        return NumberText(shortest)


def string_of(element: Element) -> str:
    """The text of a shared or inline string: its runs, without what tells how to read them out."""
    runs = [element.findtext("t") or "", *(run.findtext("t") or "" for run in element.findall("r"))]
    return unescaped("".join(runs))


def unescaped(text: str) -> str:
    """The text with characters that XML cannot hold, as in _x000D_, put back."""
    if "_x" not in text:
        return text
    put_back = _CHARACTER.sub(lambda found: chr(int(found[1], 16)), text)
    try:
        return put_back.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return text
