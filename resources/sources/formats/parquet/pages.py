"""Whether a Parquet file is whole: its pages are where the footer says, and hold what it says.

The engine takes some damage for nothing. Walking the headers of the pages reads some hundred bytes
of each, and finds what lengths and counts can tell; only pages that carry a checksum are read.
Damage that only an engine finds is named by `parquet_errors` and `blaming`.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from resources.errors import LedgerlakeError, SourceError, said_by
from resources.identifiers import text_literal
from resources.sources.formats.parquet.compact_structs import Struct, read_struct
from resources.sources.formats.parquet.footer import Chunk, DamagedParquet, read_footer
from resources.sources.formats.parquet.statistics import check_values
from resources.sources.formats.read_job import UnreadFile

# PageHeader: its fields, and those of DataPageHeader and DataPageHeaderV2.
_TYPE, _COMPRESSED_SIZE, _CHECKSUM, _NUM_VALUES = 1, 3, 4, 1
# PageHeader.type -> the field of the header of that type, of pages that hold values.
_DATA_PAGES = {0: 5, 3: 8}
# ColumnMetaData: the fields that are never missing.
_FACTS = {1, 2, 3, 4, 5, 6, 7, 9}
_HEADER_BYTES, _LONGEST_HEADER = 256, 16 << 20
_CHECKSUM_BYTES = 1 << 20


def check_pages(path: Path) -> bool:
    """Raise DamagedParquet if the pages of a column are not what the footer says.

    Returns whether each page has a checksum, so that any damage in it is known.
    """
    all_summed = True
    with path.open("rb", buffering=0) as file:
        chunks, rest = read_footer(file.fileno())
        for chunk in chunks:
            try:
                all_summed &= _check_chunk(file.fileno(), chunk)
            except ValueError as error:
                raise DamagedParquet(f"column {chunk.name}: {error}") from error
    if rest and not _is_copied(rest):
        raise DamagedParquet(f"{len(rest):,} bytes before its footer belong to nothing")
    return all_summed


def _is_copied(rest: bytes) -> bool:
    """Whether it is what some writers put behind each column: what the footer says of it, again.

    Anything else there was pushed out of the last page by bytes that came in before.
    """
    try:
        facts, end = read_struct(rest)
    except (EOFError, ValueError):
        return False
    return end == len(rest) and facts.keys() >= _FACTS


def _check_chunk(file: int, chunk: Chunk) -> bool:
    """Check the pages of a column; returns whether each has a checksum."""
    at, values, all_summed = chunk.start, 0, True
    while values < chunk.values:
        header, start = _header(file, at, chunk.end)
        size = header.get(_COMPRESSED_SIZE)
        if not isinstance(size, int) or size < 0 or start + size > chunk.end:
            raise DamagedParquet(f"the page at byte {at:,} does not end where it should")
        checksum = header.get(_CHECKSUM)
        all_summed &= isinstance(checksum, int)
        if isinstance(checksum, int) and _checksum(file, start, size) != checksum & 0xFFFFFFFF:
            raise DamagedParquet(f"the page at byte {at:,} has another checksum")
        values += _values(header)
        at = start + size
    if values != chunk.values:
        raise DamagedParquet(f"its pages hold {values:,} values, the footer says {chunk.values:,}")
    return all_summed


def _header(file: int, at: int, end: int) -> tuple[Struct, int]:
    """The header of the page at a byte, and where the header ends."""
    length = _HEADER_BYTES
    while True:
        data = os.pread(file, min(length, end - at), at) if at < end else b""
        try:
            header, size = read_struct(data)
            return header, at + size
        except EOFError:
            if len(data) < length or length >= _LONGEST_HEADER:
                raise DamagedParquet(f"no page header at byte {at:,}") from None
        length *= 8


def _checksum(file: int, at: int, size: int) -> int:
    checksum, end = 0, at + size
    while at < end and (data := os.pread(file, min(_CHECKSUM_BYTES, end - at), at)):
        checksum = zlib.crc32(data, checksum)
        at += len(data)
    return checksum


def _values(header: Struct) -> int:
    """How many values a page holds, NULLs counted; a dictionary holds none."""
    kind = header.get(_TYPE)
    field = _DATA_PAGES.get(kind) if isinstance(kind, int) else None
    if field is None:
        return 0
    inner = header.get(field)
    count = inner.get(_NUM_VALUES) if isinstance(inner, dict) else None
    if not isinstance(count, int) or count < 0:
        raise DamagedParquet(f"a page of {count!r} values")
    return count


def check_whole(path: Path) -> bool:
    """Raise SourceError if a delivered file is not what it says of itself, as its bytes tell.

    Returns whether its values are still to be compared with its statistics, by
    `check_statistics`: of small files, and of pages with checksums, all is known already.
    """
    with parquet_errors(path):
        all_summed = check_pages(path)
        is_compared = check_values(path)
        return not (all_summed or is_compared)


@contextmanager
def parquet_errors(origin: Path) -> Generator[None]:
    """Turn what a damaged Parquet file raises into SourceError that names it."""
    try:
        yield
    except DamagedParquet as error:
        raise damaged(origin, str(error)) from error
    except duckdb.Error as error:
        # Damage inside a page is a plain Error; a full disk is an IOException as well.
        damage = isinstance(error, duckdb.InvalidInputException | duckdb.IOException)
        if not (damage or type(error) is duckdb.Error) or "write" in str(error).lower():
            raise
        raise damaged(origin, said_by(error)) from error


def damaged(origin: Path, said: str) -> SourceError:
    """The error that names a damaged file."""
    return SourceError(
        f"{origin} is truncated or no Parquet file: {said}", "Have the file delivered again."
    )


@contextmanager
def blaming(connection: DuckDBPyConnection, files: Sequence[UnreadFile]) -> Generator[None]:
    """Where the engine fails inside the block, raise SourceError about a damaged file."""
    try:
        yield
    except (LedgerlakeError, duckdb.Error) as error:
        if isinstance(error, duckdb.Error) or isinstance(error.__cause__, duckdb.Error):
            for file in files:
                _read_whole(connection, file)
        raise


def _read_whole(connection: DuckDBPyConnection, file: UnreadFile) -> None:
    with parquet_errors(file.delivered):
        connection.execute(
            f"SELECT max(hash(COLUMNS(*))) FROM read_parquet({text_literal(str(file.local))})"
        )
