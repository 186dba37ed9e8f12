"""What a table says about files delivered to it: where they lie and how they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from pathlib import PurePosixPath
from typing import ParamSpec

from resources.sources.declaration.checks import check_files
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.refusals import refused, share

_P = ParamSpec("_P")


def _checked(make: Callable[_P, FilesSource]) -> Callable[_P, FilesSource]:
    @wraps(make)  # editors and docs/contracts.md show what its arguments mean
    def files(*args: _P.args, **arguments: _P.kwargs) -> FilesSource:
        source = make(*args, **arguments)
        check_files(source)
        return source

    return files


files = _checked(FilesSource)
"""Declares files as a table's source; `FilesSource` says what each argument means.

Raises SettingsError if an argument makes no sense; says which one and what would.
"""


@dataclass(frozen=True)
class SeveralSources:
    """Sources of one table: a day is complete when each of them has delivered it.

    `tolerated` is the share of a day's rows, of all of them together, that may be quarantined.
    """

    parts: tuple[FilesSource, ...]
    tolerated: Decimal


Source = FilesSource | SeveralSources


def sources(*parts: FilesSource, tolerance: Decimal | str | int = 0) -> SeveralSources:
    """Declare several `files()` as the sources of one table.

    Raises:
        SettingsError: If there are not several, two read the same files, or one has a tolerance
            of its own.
    """
    if len(parts) < 2:
        raise refused(
            "sources", f"it has {len(parts)} sources", "Give one source as source=files(...)."
        )
    places = [PurePosixPath(part.path) for part in parts]
    for at, place in enumerate(places):
        for other in places[at + 1 :]:
            if place.is_relative_to(other) or other.is_relative_to(place):
                raise refused(
                    "sources",
                    f"{place} and {other} lie one within the other",
                    "Have each source deliver into a folder of its own.",
                )
    if any(part.tolerated for part in parts):
        raise refused(
            "sources",
            "one of the sources has a tolerance of its own",
            "Give it to the table's sources together: sources(..., tolerance=...).",
        )
    return SeveralSources(parts, share(tolerance))
