"""How the lines of a delivered text file are laid out: header, rows, closing lines, totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property, partial
from typing import Literal, get_args

from resources.sources.declaration.column_origins import Characters, Field, as_field
from resources.sources.declaration.refusals import fixed, refused, require_word

TotalRows = Literal["all", "nonzero", "positive", "negative"]
TotalScope = Literal["file", "section"]

COUNT = "count"
"""The group of a total's pattern that states how many rows there are."""

_refused = partial(refused, "layout")


@dataclass(frozen=True)
class LineRule:
    """Tells lines by their text, without the line end.

    Attributes:
        pattern: A regular expression that is looked for from the line's beginning.
        said: What such lines are, for messages.
        prefix: How such lines begin, if that alone tells them.
    """

    pattern: str
    said: str
    prefix: str | None = None

    def tells(self, line: str) -> bool:
        """Whether the line is such a line."""
        if self.prefix is not None:
            return line.startswith(self.prefix)
        return self._expression.match(line) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


@dataclass(frozen=True)
class FieldRule:
    """Tells rows by the whole text of one field, blanks around it not counted."""

    field: Field | Characters
    pattern: str

    def tells(self, text: str) -> bool:
        """Whether a row with that text in the field is such a row."""
        return self._expression.fullmatch(text.strip()) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.DOTALL)


FIRST_LINE = LineRule(".*\\S", "a first line that is not blank")
"""The header of most files: the first line that is not blank, below the preamble's lines."""


@dataclass(frozen=True)
class Total:
    """A line that states what the rows add up to; the file is refused if they do not.

    Attributes:
        pattern: A regular expression for the whole line. Its group `count` states how many rows
            there are; each other group is named after the contract's column whose sum it states.
        rows: Which rows it counts and adds up: "all", or those whose amount is "nonzero",
            "positive" or "negative".
        scope: "file": all rows; "section": those above it, from the line of this kind before.
        unsigned: Whether it states sums without their sign.
    """

    pattern: str
    _: KW_ONLY
    rows: TotalRows = "all"
    scope: TotalScope = "file"
    unsigned: bool = False

    def __post_init__(self) -> None:
        if not _compiled(self.pattern).groupindex:
            raise _refused(
                f"total({self.pattern!r}) states nothing",
                r'Name what it states, as in total(r"T\|(?P<count>\d+)\|(?P<amount>.*)").',
            )
        require_word("total", "rows", self.rows, get_args(TotalRows))
        require_word("total", "scope", self.scope, get_args(TotalScope))
        if self.rows != "all" and len(self.columns) != 1:
            raise _refused(
                f"total(): rows={self.rows!r} with {len(self.columns)} columns",
                "Write a total for each column, so that it is clear whose amounts are meant.",
            )

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.pattern)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose sums it states."""
        return tuple(name for name in self.expression.groupindex if name != COUNT)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the lines of a text file are laid out; tables call it `layout()`.

    Attributes:
        header: The line that holds the columns' names; lines above it are no rows. None: there is
            no header, and columns have positions.
        rows: The lines that are rows; None: all that are nothing else.
        ignored: Lines that are no rows. With `rows`, lines that are neither are rejected.
        end: The first line below the rows. A file without one is cut, and refused.
        required: Lines that must be there; a file without one is cut, and refused.
        totals: Lines with control totals; each must be there, and agree.
        edge_delimiters: Whether a delimiter stands before the first field and behind the last.

    Raises:
        SettingsError: If an argument is one rule where several are meant.
    """

    header: LineRule | None = FIRST_LINE
    rows: LineRule | FieldRule | None = None
    ignored: Sequence[LineRule | FieldRule] = ()
    end: LineRule | None = None
    required: Sequence[LineRule] = ()
    totals: Sequence[Total] = ()
    edge_delimiters: bool = False

    def __post_init__(self) -> None:
        for name in ("ignored", "required", "totals"):
            given = getattr(self, name)
            if isinstance(given, LineRule | FieldRule | Total):
                raise _refused(f"{name} is one rule, not a sequence", f"Write {name}=(...,).")
            fixed(self, **{name: tuple(given)})


layout, total = Layout, Total


def starts_with(text: str) -> LineRule:
    """Lines that start with a text."""
    if not text:
        raise _refused("starts_with() has no text", "Give the beginning of the line.")
    return LineRule(re.escape(text), f"a line that starts with {text!r}", text)


def contains(text: str) -> LineRule:
    """Lines that hold a text somewhere."""
    if not text:
        raise _refused("contains() has no text", "Give a text that such a line holds.")
    return LineRule(f".*{re.escape(text)}", f"a line that holds {text!r}")


def matches(pattern: str) -> LineRule:
    """Lines that a regular expression matches as a whole."""
    _compiled(pattern)
    return LineRule(f"(?:{pattern})$", f"a line that matches {pattern!r}")


def field_matches(field: str | Field | Characters, pattern: str) -> FieldRule:
    """Rows of which a field's text matches a regular expression as a whole."""
    _compiled(pattern)
    return FieldRule(as_field(field), pattern)


def has_value(field: str | Field | Characters) -> FieldRule:
    """Rows that have a value in a field."""
    return field_matches(field, ".+")


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise _refused(
            f"{pattern!r} is no regular expression: {error}", "Correct it; Python's re reads it."
        ) from error
