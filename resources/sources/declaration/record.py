"""One record of a delivered file, as every format that is told apart in Python gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class NumberText(str):
    """A number that is one for the format, not a text that looks like one: digits, a point.

    How a source declares that its texts are written, `1.234,50` say, does not hold for it.
    """

    __slots__ = ()


class Record(NamedTuple):
    """One record: where it starts, how many lines it takes, its fields as text.

    Attributes:
        line: What a person finds it by: its line, its row in a sheet, its number in an array.
        line_count: Lines that it takes.
        fields: Its texts in the order of the file's columns; None is a null of the format's own.
        problem: Why the record is refused, whatever its fields say. A record without fields and
            without a problem is a blank line.
    """

    line: int
    line_count: int
    fields: Sequence[str | None]
    problem: str | None = None
