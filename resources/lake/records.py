"""Reading the record of a publication back, from beside the table's metadata."""

from __future__ import annotations

from functools import lru_cache

from pyiceberg.io import FileIO
from pyiceberg.table import Table

from resources.lake.publication import PublicationRecord, record_location
from resources.lake.table_files import read_text


def read_record(table: Table, publication_id: str) -> PublicationRecord:
    """The record of one of the table's publications, from its file.

    Raises:
        FileNotFoundError: If it is missing.
    """
    return _read(record_location(table.location(), publication_id), table.io)


def recent_record(table: Table, publication_id: str) -> PublicationRecord:
    """The same, and not read again while it is asked for again and again, as by day of a range.

    Raises:
        FileNotFoundError: If it is missing.
    """
    return _recent(record_location(table.location(), publication_id), table.io)


@lru_cache(maxsize=64)
def _recent(location: str, io: FileIO) -> PublicationRecord:
    # A record never changes.
    return _read(location, io)


def _read(location: str, io: FileIO) -> PublicationRecord:
    return PublicationRecord.from_json(read_text(location, io))
