"""Publication records of a pinned table: how each of its partitions came to be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from resources.lake.pin import Pin
from resources.lake.publication import (
    DatedRows,
    Partition,
    PublicationRecord,
    record_location,
)

if TYPE_CHECKING:
    from pyiceberg.io import FileIO

Dates = Mapping[Partition, DatedRows]


def record_of(pin: Pin, partition: Partition) -> PublicationRecord | None:
    """How a pinned partition came to be; None if it is not published.

    Raises:
        FileNotFoundError: If the record is missing.
    """
    publication_id = pin.published.get(partition)
    if publication_id is None or pin.location is None:
        return None
    return _read(record_location(pin.location, publication_id), pin)


def dates_of(pin: Pin, partition: Partition) -> Dates | None:
    """The business dates of a pinned partition's rows; None if they were not recorded.

    Raises:
        FileNotFoundError: If the partition's record is missing.
    """
    publication_id = pin.published.get(partition)
    if pin.spec.event_time is None or publication_id is None or pin.location is None:
        return None
    return _recorded(_Place(record_location(pin.location, publication_id), pin)).get(partition)


class _Place:
    """A location to remember a record by, with the pin whose access reads it the first time."""

    def __init__(self, location: str, pin: Pin) -> None:
        self.location = location
        self.pin = pin

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place) and other.location == self.location

    def __hash__(self) -> int:
        return hash(self.location)


@lru_cache(maxsize=4096)
def _recorded(place: _Place) -> Mapping[Partition, Dates | None]:
    # A record never changes, so that its dates are read once a process.
    partitions = _read(place.location, place.pin).partitions
    return {day: partition.dates for day, partition in partitions.items()}


def _read(location: str, pin: Pin) -> PublicationRecord:
    return PublicationRecord.from_json(_text(location, pin))


def _text(location: str, pin: Pin) -> str:
    address = urlsplit(location)
    if address.scheme in ("", "file"):
        path = unquote(address.path) if address.scheme else location
        return Path(path).read_text(encoding="utf-8")
    from resources.lake.table_files import read_text

    assert pin.table is not None
    io: FileIO = pin.table.io
    return read_text(location, io)
