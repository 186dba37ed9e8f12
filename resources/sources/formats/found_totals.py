"""The control totals that a file states: found line by line, none of those declared missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from resources.errors import SourceError
from resources.sources.declaration.layout import Total
from resources.sources.declaration.record import NumberText

CUT_NEXT = "Have the file delivered again, whole; nothing of it was loaded."


@dataclass(frozen=True)
class FoundTotal:
    """A line of control totals: where it stands, and the texts of what it states."""

    line: int
    total: Total
    stated: Mapping[str, str]


class FoundTotals:
    """Looks for declared totals in the lines of a file, or in the rows of a sheet.

    Args:
        declared: What the file states.
        origin: The delivered file, for messages.
    """

    def __init__(self, declared: Sequence[Total], origin: Path) -> None:
        self.declared, self._origin = declared, origin
        self.found: list[FoundTotal] = []

    def take(self, line: str, number: int, numbers: Collection[str] = ()) -> bool:
        """Whether a line states a total; keeps what it states.

        Args:
            line: Its text.
            number: Its number.
            numbers: Those of its texts that are numbers for the format, as cells are.
        """
        took = False
        for declared in self.declared:
            matched = declared.expression.fullmatch(line)
            if matched:
                stated = {
                    name: NumberText(text) if text in numbers else text
                    for name, text in matched.groupdict().items()
                }
                self.found.append(FoundTotal(number, declared, stated))
                took = True
        return took

    def require_all(self) -> None:
        """Call it once all lines were looked at.

        Raises:
            SourceError: If none of them states a total that is declared.
        """
        found = {each.total for each in self.found}
        for declared in self.declared:
            if declared not in found:
                raise SourceError(
                    f"{self._origin} is cut: no line states the totals {declared.pattern!r}",
                    CUT_NEXT,
                )


@runtime_checkable
class TellsTotals(Protocol):
    """A reader of files that state totals: once all records were read, it knows them."""

    @property
    def totals(self) -> Sequence[FoundTotal]:
        """What the file states."""
        ...
