"""Publication records, from beside a table's metadata: how each of its partitions came to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from resources.lake.publication import (
    DatedRows,
    Partition,
    PublicationRecord,
    record_location,
)

if TYPE_CHECKING:
    from pyiceberg.io import FileIO
    from pyiceberg.table import Table

    from resources.lake.pin import Pin

Dates = Mapping[Partition, DatedRows]


def read_record(table: Table, publication_id: str) -> PublicationRecord:
    """The record of one of the table's publications, from its file.

    Raises:
        FileNotFoundError: If it is missing.
    """
    return _read(record_location(table.location(), publication_id), lambda: table.io)


def recent_record(table: Table, publication_id: str) -> PublicationRecord:
    """The same, and not read again while it is asked for again and again, as by day of a range.

    Raises:
        FileNotFoundError: If it is missing.
    """
    location = record_location(table.location(), publication_id)
    return _recent(_Place(location, lambda: table.io))


def record_of(pin: Pin, partition: Partition) -> PublicationRecord | None:
    """How a pinned partition came to be; None if it is not published.

    Raises:
        FileNotFoundError: If the record is missing.
    """
    publication_id = pin.published.get(partition)
    if publication_id is None or pin.location is None:
        return None
    return _read(record_location(pin.location, publication_id), lambda: _io(pin))


def dates_of(pin: Pin, partition: Partition) -> Dates | None:
    """The business dates of a pinned partition's rows; None if they were not recorded.

    Raises:
        FileNotFoundError: If the partition's record is missing.
    """
    publication_id = pin.published.get(partition)
    if pin.spec.event_time is None or publication_id is None or pin.location is None:
        return None
    location = record_location(pin.location, publication_id)
    return _dates(_Place(location, lambda: _io(pin))).get(partition)


class _Place:
    """A location to remember a record by, with what reads it the first time."""

    def __init__(self, location: str, io: Callable[[], FileIO]) -> None:
        self.location = location
        self.io = io

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place) and other.location == self.location

    def __hash__(self) -> int:
        return hash(self.location)


# A record never changes.
@lru_cache(maxsize=64)
def _recent(place: _Place) -> PublicationRecord:
    return _read(place.location, place.io)


@lru_cache(maxsize=4096)
def _dates(place: _Place) -> Mapping[Partition, Dates | None]:
    partitions = _read(place.location, place.io).partitions
    return {day: partition.dates for day, partition in partitions.items()}


def _read(location: str, io: Callable[[], FileIO]) -> PublicationRecord:
    return PublicationRecord.from_json(_text(location, io))


def _text(location: str, io: Callable[[], FileIO]) -> str:
    address = urlsplit(location)
    if address.scheme in ("", "file"):
        path = unquote(address.path) if address.scheme else location
        return Path(path).read_text(encoding="utf-8")
    from resources.lake.table_files import read_text

    return read_text(location, io())


def _io(pin: Pin) -> FileIO:
    assert pin.table is not None
    return pin.table.io
