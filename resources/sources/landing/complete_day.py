"""What makes a day whole, and to which days the rows of a month's files belong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from zoneinfo import available_timezones

from resources.errors import SettingsError
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window

_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class CompleteDay:
    """What makes a day whole. Made by `complete_day()`.

    `values` must be there, each with each of the others; `files` of None are any number.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    files: int | None = None


def complete_day(*, files: int | None = None, **values: Iterable[str | int]) -> CompleteDay:
    """Say what makes a day whole. Raises SettingsError for a column without values.

    Args:
        files: How many files it has.
        **values: For a column in braces in `folders` or `pattern`, which values must be there.
            Each is looked for with each of the others: two databases of two tables are four
            folders. None of them may be missing, and no other may be there. A folder that is
            there and holds no file delivered no rows.
    """
    if files is not None and files < 1:
        raise SettingsError(
            f"complete_day(): {files} is no number of files", "Give how many there are, at least 1."
        )
    given = {name: _texts(name, each) for name, each in values.items()}
    return CompleteDay(given, files)


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


@dataclass(frozen=True)
class MonthSplit:
    """How the rows of a month's files are dealt out to days. Made by `by_day_of()`."""

    column: str
    time_zone: str | None = None

    def day(self, value: str, column: ColumnSpec, default_zone: str) -> str:
        """SQL of the business date of a value of the column."""
        if column.type == "DATE":
            return value
        if column.type == "TIMESTAMP WITH TIME ZONE":
            return f"CAST(timezone('{self.time_zone or default_zone}', {value}) AS DATE)"
        raise SettingsError(
            f"by_day_of({self.column!r}): the column is {column.type}, which has no day",
            "Name a column with a date or a timestamp.",
        )


def by_day_of(column: str, *, time_zone: str | None = None) -> MonthSplit:
    """Say that a folder holds a month, `<path>/<YYYY-MM>/`, whose rows belong to its days.

    Args:
        column: Contract column whose date, or whose instant, says to which day a row belongs. A
            row of no day of the month is rejected.
        time_zone: Where the day of an instant is counted; None: the business time zone.
    """
    if time_zone is not None and time_zone not in available_timezones():
        raise SettingsError(
            f"by_day_of(): there is no time zone {time_zone!r}",
            'Use a name as in "Asia/Shanghai".',
        )
    return MonthSplit(column, time_zone)


def month_of(day: date) -> Window:
    """The days of the month that holds the day."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Window.of_days(first, last)
