"""Paths into a JSON document: `$.order.no`, `@.money.amount`, `$.fees[*]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STEP = re.compile(r"""\.([^.\[\]"'*\\\s]+)|\["([^"\\*]+)"\]|\[(\d{1,9})\]|(\[\*\])""")
_HOW = (
    "A path begins with $ (the payload) or @ (the element of each), and goes on with .key, "
    '["any key"] or [0]; [*] is for each.'
)


class JsonPathError(ValueError):
    """A text is no path. The message says where it stops being one."""

    next_step = _HOW


@dataclass(frozen=True)
class JsonPath:
    """A parsed path.

    Attributes:
        text: As it was written.
        of_element: Whether it begins at the element of each, not at the payload.
        steps: What it goes through: a key, a place in an array, or None for every element.
    """

    text: str
    of_element: bool
    steps: tuple[str | int | None, ...]

    @property
    def engine_path(self) -> str:
        """The path as DuckDB spells it, from the document that it begins at."""
        return "$" + "".join(_spelled(step) for step in self.steps)

    @property
    def spreads(self) -> bool:
        """Whether it gives a value for each element of an array."""
        return None in self.steps

    def levels(self) -> list[JsonPath]:
        """The paths to the arrays that it spreads, each from an element of the one before."""
        found: list[JsonPath] = []
        rest: list[str | int | None] = []
        for step in self.steps:
            if step is None:
                found.append(JsonPath(self.text, self.of_element, tuple(rest)))
                rest = []
            else:
                rest.append(step)
        return found


def parsed_path(text: str) -> JsonPath:
    """Parse a path. Raises JsonPathError if it is none."""
    if text[:1] not in ("$", "@"):
        raise JsonPathError(f"path {text!r} begins with neither $ nor @")
    steps: list[str | int | None] = []
    position = 1
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise JsonPathError(f"path {text!r} is no path from {text[position:]!r} on")
        key, any_key, place, _ = match.groups()
        steps.append(key or any_key or (None if place is None else int(place)))
        position = match.end()
    return JsonPath(text, text[0] == "@", tuple(steps))


def _spelled(step: str | int | None) -> str:
    if step is None:
        return "[*]"
    return f"[{step}]" if isinstance(step, int) else f'."{step}"'
