"""What each line of a text file is, as its layout declares: told before it is read as a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from resources.errors import SourceError
from resources.sources.declaration.column_origins import LineField
from resources.sources.declaration.layout import Layout, LineRule
from resources.sources.formats.control_totals import CUT_NEXT, FoundTotal, FoundTotals

_NOT_DECLARED = "no line that the layout declares"


class LineRoles:
    """Looks at a file's lines in their order and takes those that are no rows.

    `field_text` gives the text of a field in a line, `looks_like_row` whether a line below the
    end of the rows could be one after all.
    """

    def __init__(
        self,
        layout: Layout,
        line_fields: Sequence[LineField],
        field_text: Callable[[LineField, str], str | None],
        origin: Path,
        looks_like_row: Callable[[str], bool],
    ) -> None:
        self._layout = layout
        self._line_fields = line_fields
        self._field_text = field_text
        self._origin = origin
        self._looks_like_row = looks_like_row
        self._missing = list(layout.required)
        self._values: dict[LineField, str | None] = {}
        self._totals = FoundTotals(layout.totals, origin)
        self.is_ended = False
        self.line = ""
        self.problem: str | None = None
        """What is wrong with the last line that was not taken, whatever its fields say."""

    @property
    def totals(self) -> Sequence[FoundTotal]:
        """What lines of totals state."""
        return self._totals.found

    @property
    def values(self) -> list[str | None]:
        """The values that rows have here from lines above them."""
        return [self._values.get(each) for each in self._line_fields]

    def look_above(self, line: str, number: int) -> None:
        """Look at a line above the header, which is no row."""
        self._take_values(line)
        self._totals.take(line, number)

    def takes(self, number: int, line: str) -> bool:
        """Whether a line, without its line end, is no row."""
        self.problem = None
        self.line = line
        if not line.strip():
            return False
        took = self._totals.take(line, number)
        for rule in [rule for rule in self._missing if rule.tells(line)]:
            self._missing.remove(rule)
            took = True
        took = took or any(rule.tells(line) for rule in self._layout.required)
        if self.is_ended:
            self._require_no_row(took, number, line)
            return True
        if self._layout.end and self._layout.end.tells(line):
            self.is_ended = True
            return True
        if took or self._take_values(line):
            return True
        return self._is_ignored(line)

    def require_whole(self) -> None:
        """Raise SourceError if, once all lines were looked at, one that must be there is not."""
        if self._layout.end and not self.is_ended:
            raise SourceError(
                f"{self._origin} is truncated: {self._layout.end.said} is missing below its rows",
                CUT_NEXT,
            )
        if self._missing:
            raise SourceError(
                f"{self._origin} is truncated: {self._missing[0].said} is missing", CUT_NEXT
            )
        self._totals.require_all()

    def _is_ignored(self, line: str) -> bool:
        rows = self._layout.rows
        if isinstance(rows, LineRule) and rows.tells(line):
            return False
        if any(isinstance(rule, LineRule) and rule.tells(line) for rule in self._layout.ignored):
            # A rule about a field is asked once the line is told apart into fields.
            return rows is None or isinstance(rows, LineRule)
        if isinstance(rows, LineRule):
            self.problem = _NOT_DECLARED
        return False

    def _take_values(self, line: str) -> bool:
        took = False
        for each in self._line_fields:
            if line.startswith(each.starts_with):
                self._values[each] = self._field_text(each, line)
                took = True
        return took

    def _require_no_row(self, took: bool, number: int, line: str) -> None:
        assert self._layout.end is not None
        if not took and not self._layout.end.tells(line) and self._looks_like_row(line):
            raise SourceError(
                f"{self._origin}, line {number}: what looks like a row stands below the end of "
                f"the rows, {self._layout.end.said}",
                "Correct end= of the layout, or have the file delivered again.",
            )
