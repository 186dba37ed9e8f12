"""Reading publication records: one immutable file each, read once for all of its partitions."""

from __future__ import annotations

from functools import lru_cache

from pyiceberg.io import FileIO
from pyiceberg.table import Table

from resources.lake.publication import PublicationRecord, record_location
from resources.lake.table_files import read_text

# Of a year published at once a record takes about half a megabyte.
_KEPT = 64


def read_record(table: Table, publication_id: str) -> PublicationRecord:
    """The record of one publication; through one loaded table it is read once.

    Raises:
        FileNotFoundError: If there is none.
    """
    return _read(record_location(table.location(), publication_id), table.io)


@lru_cache(maxsize=_KEPT)
def _read(location: str, io: FileIO) -> PublicationRecord:
    return PublicationRecord.from_json(read_text(location, io))
