"""Publication records as files: read with every doubt, written only if they can be read again.

A record says how a partition came to be. It is no part of the table: whoever cannot read one knows
less, and goes on.
"""

from __future__ import annotations

import errno
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from resources.errors import DataError, RecordUnreadable
from resources.lake.model.publication_record import PublicationRecord, record_location
from resources.lake.storage.table_files import is_local, local_path, read_text, write_text

if TYPE_CHECKING:
    from pyiceberg.io import FileIO

# Of a year published at once a record takes about half a megabyte.
_KEPT = 64

# What is wrong with the process or its host, not with one file.
_OF_THE_PROCESS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


class PublicationStore:
    """The publication records of one table. A process reads each of the latest 64 once."""

    def __init__(self, table_location: str, io: FileIO | None) -> None:
        """`io` is the table's; None for a local table that is only read."""
        self._location = table_location
        self._io = io

    def read(self, publication_id: str) -> PublicationRecord:
        """The record of a publication; RecordUnreadable if there is none that can be trusted."""
        # A local file needs no access of pyiceberg's.
        io = None if is_local(self._location) else self._io
        return _read(self._location, publication_id, io)

    def write(self, record: PublicationRecord) -> None:
        """Write the record beside the table's metadata.

        Raises:
            DataError: If it could not be read again; nothing is written.
        """
        text = record.to_json()
        try:
            # `asdict`, because mappings of other kinds are equal to those that are read.
            differs = asdict(_parsed(text)) != asdict(record)
            why = "what is read differs from what was written" if differs else None
        except _Broken as error:
            why = str(error)
        if why is not None:
            raise DataError(
                f"{record.table}, {record.window or 'whole table'}: its publication record could "
                f"not be read again ({why}); nothing was published",
                "Look for a date or a time at the very end of the calendar in the rows, and "
                "correct it at its source: the business date of each must be within years 1 to "
                "9999.",
            )
        assert self._io is not None
        write_text(record_location(self._location, record.publication_id), text, self._io)


@lru_cache(maxsize=_KEPT)
def _read(table_location: str, publication_id: str, io: FileIO | None) -> PublicationRecord:
    location = record_location(table_location, publication_id)
    try:
        record = _parsed(_text(location, io))
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        if not missing and (not is_local(location) or error.errno in _OF_THE_PROCESS):
            raise
        why = "it is missing" if missing else " ".join(str(error).split())
        raise RecordUnreadable(location, why) from error
    except (UnicodeDecodeError, _Broken) as error:
        raise RecordUnreadable(location, str(error)) from error
    if record.publication_id != publication_id:
        raise RecordUnreadable(location, f"it is that of publication {record.publication_id}")
    return record


def _text(location: str, io: FileIO | None) -> str:
    if io is None:
        return local_path(location).read_text(encoding="utf-8")
    return read_text(location, io)


class _Broken(Exception):
    """Why a text is no publication record."""


@lru_cache(maxsize=1)
def _shape() -> TypeAdapter[PublicationRecord]:
    return TypeAdapter(PublicationRecord)


def _parsed(text: str) -> PublicationRecord:
    """The record that the text is, every value of the type it should have."""
    try:
        record = PublicationRecord.from_json(text)
        _shape().validate_python(asdict(record))
        for merged in record.positions.values():
            for day in merged:
                date.fromisoformat(day)
    except KeyError as error:
        raise _Broken(f"it has no {error}") from error
    except RecursionError as error:
        raise _Broken("it is nested too deep") from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise _Broken(_short(error)) from error
    return record


def _short(error: Exception) -> str:
    """The error in one line. pydantic's has a line for each value, with an address after it."""
    lines = [line.strip() for line in str(error).splitlines() if "errors.pydantic.dev" not in line]
    return " ".join(lines)[:200]
