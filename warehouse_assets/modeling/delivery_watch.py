"""Deliveries of every published day, watched for as long as they are kept, at little cost.

Of a day that was found unchanged the times of its files are kept: while they and its publication
stay the same, neither its record nor a file is read again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from resources.errors import InputMissing, SourceError
from resources.lake.window import Window

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.settings import Settings
    from resources.sources.delivery import Delivered
    from warehouse_assets.modeling.outline import TableFacts
    from warehouse_assets.modeling.staleness import Staleness

# A file that was written this shortly ago may be written again without another time.
_SETTLED_NS = 2_000_000_000

_Place = tuple[str, str, date]
_unchanged: dict[_Place, tuple[str, bytes]] = {}
"""Lake, table and day -> the publication, and the files, that were found the same."""


def changed_deliveries(
    table: TableFacts, days: Iterable[date], staleness: Staleness, lake: Lake
) -> dict[date, str]:
    """The days whose delivery is not the one that was loaded, each with the difference.

    Args:
        table: A table with a source.
        days: Published days.
        staleness: Compares the others.
        lake: The lake.
    """
    published = lake.pin(table.spec).published
    changed: dict[date, str] = {}
    for day in days:
        place = (str(lake.settings.home), table.name, day)
        facts = _facts(table, day, lake.settings)
        if facts is not None and _unchanged.get(place) == (published[day], facts):
            continue
        difference = staleness.changed_delivery(table, day)
        if difference:
            changed[day] = difference
            _unchanged.pop(place, None)
        elif facts is not None:
            _unchanged[place] = (published[day], facts)
    return changed


def _facts(table: TableFacts, day: date, settings: Settings) -> bytes | None:
    """What the file system says of the day's files; None where that proves nothing."""
    from resources.sources.delivery import delivered

    assert table.source is not None
    try:
        files = delivered(table.source, settings.landing_folder, Window.of_day(day))
    except (InputMissing, SourceError):
        return None
    if any(time.time_ns() - file.changed_ns < _SETTLED_NS for file in files):
        return None
    return hashlib.blake2b(repr([_fact(file) for file in files]).encode()).digest()


def _fact(file: Delivered) -> tuple[str, int, int, int, int]:
    return file.path, file.size, file.modified_ns, file.changed_ns, file.inode
