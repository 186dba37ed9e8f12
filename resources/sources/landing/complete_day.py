"""What must be there for a day to be whole, beside the marker."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType

from resources.errors import SettingsError

_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class CompleteDay:
    """What makes a day whole. Made by `complete_day()`.

    Attributes:
        values: Column in braces -> the values that must be there, each with each of the others.
        files: How many files a day has; None: any number.
    """

    values: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType(dict[str, tuple[str, ...]]())
    )
    files: int | None = None


def complete_day(*, files: int | None = None, **values: Iterable[str | int]) -> CompleteDay:
    """Say what makes a day whole.

    Args:
        files: How many files it has.
        **values: For a column in braces in `folders` or `pattern`, which values must be there.
            Each is looked for with each of the others: two databases of two tables are four
            folders. None of them may be missing, and no other may be there. A folder that is
            there and holds no file delivered no rows.

    Raises:
        SettingsError: If a column is given no values, or the number of files is none.
    """
    if files is not None and files < 1:
        raise SettingsError(
            f"complete_day(): {files} is no number of files", "Give how many there are, at least 1."
        )
    given = {name: _texts(name, each) for name, each in values.items()}
    return CompleteDay(MappingProxyType(given), files)


def _texts(name: str, values: Iterable[str | int]) -> tuple[str, ...]:
    texts = () if isinstance(values, str) else tuple(str(value) for value in values)
    if not texts or len(set(texts)) != len(texts):
        raise SettingsError(
            f"complete_day(): {name} takes {values!r}, which are no different values",
            f'Write them as in {name}=range(4) or {name}=["east", "west"].',
        )
    return texts


def missing_places(
    columns: Sequence[str], found: Collection[Mapping[str, str]], expected: CompleteDay | None
) -> list[str]:
    """Which combinations of values of these columns are not there, as people read them.

    Where nothing is declared, what is there must at least be whole in itself: each value that a
    column takes comes with each value of the other columns.

    Args:
        columns: Columns of one pattern.
        found: The values of each place or file that is there.
        expected: What the source declares.
    """
    if expected is None:
        wanted = {name: sorted({each[name] for each in found}) for name in columns}
    else:
        wanted = {name: list(expected.values[name]) for name in columns if name in expected.values}
    there = {tuple(_plain(each[name]) for name in wanted) for each in found}
    missing = [each for each in product(*wanted.values()) if tuple(map(_plain, each)) not in there]
    named = [
        ", ".join(f"{name} {value}" for name, value in zip(wanted, each, strict=True))
        for each in missing[:_NAMED_AT_MOST]
    ]
    rest = len(missing) - _NAMED_AT_MOST
    return named if rest <= 0 else [*named, f"{rest} more"]


def undeclared_value(values: Mapping[str, str], expected: CompleteDay) -> tuple[str, str] | None:
    """The first column, and its value, that the declaration does not know."""
    for name, value in values.items():
        known = expected.values.get(name)
        if known is not None and _plain(value) not in {_plain(each) for each in known}:
            return name, value
    return None


def _plain(value: str) -> str:
    """Numbers are the same with and without zeros before them."""
    return str(int(value)) if value.isascii() and value.isdigit() else value
