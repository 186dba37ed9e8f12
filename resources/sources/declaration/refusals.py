"""What declarations check and set alike: one text in place of several, a word that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from resources.errors import SettingsError


def refused(function: str, what: str, next_step: str) -> SettingsError:
    """The error about an argument of a function that tables call."""
    return SettingsError(f"{function}(): {what}", next_step)


def texts(function: str, argument: str, given: Sequence[str]) -> tuple[str, ...]:
    """The argument as a tuple. Raises SettingsError for one text, whose letters are a sequence."""
    if isinstance(given, str):
        raise refused(
            function,
            f"{argument} is one text, not a sequence of texts",
            f"Write {argument}=({given!r},).",
        )
    return tuple(given)


def require_word(function: str, argument: str, given: object, words: Sequence[str]) -> None:
    """Raise SettingsError if the argument is none of the words."""
    if given not in words:
        raise refused(function, f"{argument} is {given!r}", f"Take one of {', '.join(words)}.")


def fixed(declaration: object, **fields: object) -> None:
    """Set fields of a frozen declaration, from its `__post_init__`."""
    for name, value in fields.items():
        object.__setattr__(declaration, name, value)


def share(tolerance: Decimal | str | int) -> Decimal:
    """The tolerance as a share of one. Raises SettingsError if it is none."""
    try:
        found = Decimal(str(tolerance))
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= 1:
        raise refused(
            "files",
            f"tolerance {tolerance!r} is no share of a day's rows",
            'Give a number from 0 to 1, as in tolerance="0.001" for one row in a thousand.',
        )
    return found
