"""Whether a Parquet file is whole: its pages are where the footer says, and hold what it says.

The engine takes some damage for nothing. Walking the headers of the pages reads some hundred bytes
of each, and finds what lengths and counts can tell; only pages that carry a checksum are read.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from resources.sources.formats.parquet_damage.compact_structs import Struct, read_struct
from resources.sources.formats.parquet_damage.footer import Chunk, DamagedParquet, read_footer

# PageHeader: its fields, and those of DataPageHeader and DataPageHeaderV2.
_TYPE, _COMPRESSED_SIZE, _CHECKSUM, _NUM_VALUES = 1, 3, 4, 1
# PageHeader.type -> the field of the header of that type, of pages that hold values.
_DATA_PAGES = {0: 5, 3: 8}
# ColumnMetaData: the fields that are never missing.
_FACTS = {1, 2, 3, 4, 5, 6, 7, 9}
_HEADER_BYTES, _LONGEST_HEADER = 256, 16 << 20
_CHECKSUM_BYTES = 1 << 20


def check_pages(path: Path) -> bool:
    """Check that the footer is whole, and the pages of all columns are what it says.

    Returns:
        Whether each page has a checksum, so that any damage in it is known.

    Raises:
        DamagedParquet: Names the column and what is wrong.
        OSError: If the file cannot be read.
    """
    all_summed = True
    with path.open("rb", buffering=0) as file:
        footer = read_footer(file.fileno())
        for chunk in footer.chunks:
            try:
                all_summed &= _check_chunk(file.fileno(), chunk)
            except ValueError as error:
                raise DamagedParquet(f"column {chunk.name}: {error}") from error
    if footer.rest and not _is_copied(footer.rest):
        raise DamagedParquet(f"{len(footer.rest):,} bytes before its footer belong to nothing")
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
