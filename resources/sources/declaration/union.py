"""One table that several sources deliver, each in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from resources.errors import SettingsError
from resources.sources.declaration.checks import share
from resources.sources.declaration.files_source import FilesSource


@dataclass(frozen=True)
class SeveralSources:
    """Sources of one table: a day is complete when each of them has delivered it.

    Attributes:
        parts: How each delivers, and where.
        tolerance: Share of a day's rows, 0 to 1, of all of them together, that may be
            quarantined.
    """

    parts: tuple[FilesSource, ...]
    tolerance: Decimal = Decimal(0)


Source = FilesSource | SeveralSources


def sources(*parts: FilesSource, tolerance: Decimal | str | int = Decimal(0)) -> SeveralSources:
    """Declare several `files()` as the sources of one table.

    Raises:
        SettingsError: If there are not several, two read the same files, or one has a tolerance
            of its own.
    """
    if len(parts) < 2:
        raise SettingsError(
            f"sources() has {len(parts)} sources", "Give one source as source=files(...)."
        )
    places = [PurePosixPath(part.path) for part in parts]
    for at, place in enumerate(places):
        for other in places[at + 1 :]:
            if place.is_relative_to(other) or other.is_relative_to(place):
                raise SettingsError(
                    f"sources(): {place} and {other} lie one within the other",
                    "Have each source deliver into a folder of its own.",
                )
    if any(part.tolerance for part in parts):
        raise SettingsError(
            "sources(): one of the sources has a tolerance of its own",
            "Give it to the table's sources together: sources(..., tolerance=...).",
        )
    return SeveralSources(parts, share(tolerance))
