"""What is known of deliveries that were found unchanged, so that they are watched at little cost.

A delivery is watched for as long as it is kept. Of a day that was found unchanged, the times and
numbers of its files are kept in the lake's home: while they and its publication stay the same,
neither its record nor a file is read again. Where nothing is known, or the file is lost, the day
is compared once more.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from resources.errors import InputMissing, SourceError
from resources.lake.model.window import Window

if TYPE_CHECKING:
    from resources.settings import Settings
    from resources.sources.delivery.day_folder import Delivered
    from warehouse_assets.modeling.loading.outline import TableFacts

# A file that was written this shortly ago may be written again without another time.
_SETTLED_NS = 2_000_000_000
_FILE = "watched_deliveries.db"
_WAIT_SECONDS = 1.0
_PENDING_AT_MOST = 2_000

_Place = tuple[str, str]
"""Table, and day as ISO date."""
_Known = tuple[str, bytes]
"""Publication, and what the file system said of the day's files."""


class DeliveryWatch:
    """The days of one lake whose delivery was found to be the one that was loaded."""

    def __init__(self, home: Path) -> None:
        self._path = home / _FILE
        self._known: dict[_Place, _Known] = {}
        self._pending: dict[_Place, _Known] = {}
        with suppress(sqlite3.Error), self._database() as database:
            rows = database.execute("SELECT name, day, publication, facts FROM unchanged")
            self._known = {(row[0], row[1]): (row[2], row[3]) for row in rows}

    def is_known(self, table: str, day: date, publication: str, facts: bytes | None) -> bool:
        """Whether the day was found unchanged with this publication and these files."""
        return facts is not None and self._known.get((table, str(day))) == (publication, facts)

    def remember(self, table: str, day: date, publication: str, facts: bytes | None) -> None:
        """Note that the day is unchanged; `flush()` keeps it for other processes."""
        if facts is None:
            return
        self._known[table, str(day)] = self._pending[table, str(day)] = (publication, facts)
        if len(self._pending) >= _PENDING_AT_MOST:
            self.flush()

    def flush(self) -> None:
        """Write what is new. Who may not write there, or not now, does without."""
        if not self._pending:
            return
        with suppress(sqlite3.Error), self._database() as database:
            database.executemany(
                "INSERT OR REPLACE INTO unchanged VALUES (?, ?, ?, ?)",
                [(*place, *known) for place, known in self._pending.items()],
            )
        self._pending.clear()

    @contextmanager
    def _database(self) -> Generator[sqlite3.Connection]:
        """A transaction."""
        with closing(sqlite3.connect(self._path, _WAIT_SECONDS)) as database, database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS unchanged (name TEXT, day TEXT, publication TEXT, "
                "facts BLOB, PRIMARY KEY (name, day))"
            )
            yield database


@cache
def delivery_watch(home: Path) -> DeliveryWatch:
    """The watch of the lake in that home, one a process."""
    return DeliveryWatch(home)


def delivery_facts(table: TableFacts, day: date, settings: Settings) -> bytes | None:
    """What the file system says of a day's files; None where that proves nothing."""
    from resources.sources.delivery.delivery import delivered

    if table.source is None:
        return None
    try:
        files = delivered(table.source, settings.landing_folder, Window.of_day(day))
    except (InputMissing, SourceError):
        return None
    now = time.time_ns()
    if any(now - file.changed_ns < _SETTLED_NS for file in files):
        return None
    return hashlib.blake2b(repr([_fact(file) for file in files]).encode()).digest()


def _fact(file: Delivered) -> tuple[str, int, int, int, int]:
    return file.path, file.size, file.modified_ns, file.changed_ns, file.inode
