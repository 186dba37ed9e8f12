"""What the footer of a Parquet file says of its pages, read without an engine.

Engines pass over damage in what they do not need, and some stop the process over it. The names are
those of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resources.sources.formats.parquet.compact_structs import Struct, Value, read_struct

_MAGIC = b"PAR1"
_TAIL_BYTES = 8
# FileMetaData, SchemaElement, RowGroup, ColumnChunk, ColumnMetaData: fields by their numbers.
_SCHEMA, _NUM_ROWS, _ROW_GROUPS, _CREATED_BY, _ENCRYPTION = 2, 3, 4, 6, 8
_REPETITION, _NAME, _REPEATED = 3, 4, 2
_COLUMNS, _GROUP_ROWS, _META_DATA = 1, 3, 3
_OFFSET_INDEX, _COLUMN_INDEX, _BLOOM_FILTER = 4, 6, 14
_PATH, _NUM_VALUES, _COMPRESSED_SIZE, _DATA_OFFSET, _DICTIONARY_OFFSET = 3, 5, 7, 9, 11
# Older ones left the header of the dictionary out of a chunk's size (PARQUET-816).
_SHORT_CHUNKS = re.compile(r"parquet-mr(?!.*version (1\.(2\.9|2\.\d\d|[3-9]|\d\d)|[2-9]))")
_LEFT_OUT_BYTES = 100
_LONGEST_REST = 16 << 20


class DamagedParquet(ValueError):
    """A file is not what it says of itself."""


@dataclass(frozen=True)
class Chunk:
    """The pages of one column in one row group.

    Attributes:
        name: Column and row group, for messages.
        start: The first byte of the first page.
        end: The byte behind the last page, or, for some writers, up to 100 behind it.
        values: How many values they hold, NULLs counted.
    """

    name: str
    start: int
    end: int
    values: int


def read_footer(file: int) -> tuple[Sequence[Chunk], bytes]:
    """The pages of all columns, and the bytes before the footer of which it says nothing."""
    footer, start = _footer(file)
    schema = [(_name(each), each.get(_REPETITION)) for each in _structs(footer, _SCHEMA)]
    repeated = frozenset(name for name, repetition in schema if repetition == _REPEATED)
    is_short = _SHORT_CHUNKS.match(_bytes(footer, _CREATED_BY).decode(errors="replace"))
    left_out = _LEFT_OUT_BYTES if is_short else 0
    chunks: list[Chunk] = []
    total, last = 0, len(_MAGIC)
    for number, group in enumerate(_structs(footer, _ROW_GROUPS)):
        rows = _number(group, _GROUP_ROWS)
        total += rows
        for column in _structs(group, _COLUMNS):
            facts = column.get(_META_DATA)
            if not isinstance(facts, dict):
                raise DamagedParquet(f"row group {number} has a column without facts")
            chunk = _chunk(facts, number, start, left_out)
            if chunk.values != rows and repeated.isdisjoint(_path(facts)):
                raise DamagedParquet(
                    f"column {chunk.name}: {chunk.values:,} values in {rows:,} rows"
                )
            chunks.append(chunk)
            last = max(last, chunk.end, *_ends_beside(column, facts, start))
    if total != _number(footer, _NUM_ROWS):
        raise DamagedParquet(f"{total:,} rows, the footer says {_number(footer, _NUM_ROWS):,}")
    length = min(start - last, _LONGEST_REST)
    return chunks, os.pread(file, length, last) if length > 0 else b""


def _chunk(facts: Struct, group: int, footer: int, left_out: int) -> Chunk:
    # The dictionary comes first; a column without rows may have nothing else.
    places = (_number(facts, _DATA_OFFSET), _number(facts, _DICTIONARY_OFFSET, 0))
    start = min((each for each in places if each), default=0)
    end = start + _number(facts, _COMPRESSED_SIZE) + left_out
    name = b".".join(_path(facts)).decode(errors="replace")
    return Chunk(
        f"{name!r}, row group {group}", start, min(end, footer), _number(facts, _NUM_VALUES)
    )


def _ends_beside(column: Struct, facts: Struct, footer: int) -> Iterator[int]:
    """Where the indexes and filters of a column end; the footer where that is not said."""
    for of, offset, length in (
        (column, _OFFSET_INDEX, _OFFSET_INDEX + 1),
        (column, _COLUMN_INDEX, _COLUMN_INDEX + 1),
        (facts, _BLOOM_FILTER, _BLOOM_FILTER + 1),
    ):
        if offset in of:
            yield _number(of, offset) + _number(of, length) if length in of else footer


def _path(facts: Struct) -> list[bytes]:
    return [each for each in _list(facts, _PATH) if isinstance(each, bytes)]


def _footer(file: int) -> tuple[Struct, int]:
    """The footer, and the byte where it starts."""
    size = os.fstat(file).st_size
    tail = os.pread(file, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
    length = int.from_bytes(tail[:4], "little")
    start = size - _TAIL_BYTES - length
    if tail[4:] != _MAGIC or start < len(_MAGIC) or os.pread(file, 4, 0) != _MAGIC:
        raise DamagedParquet("it does not start and end as Parquet does")
    try:
        footer, end = read_struct(os.pread(file, length, start))
    except (EOFError, ValueError) as error:
        raise DamagedParquet("its footer is damaged") from error
    # Behind a footer that is signed stands its signature.
    if end != length and _ENCRYPTION not in footer:
        raise DamagedParquet(f"its footer has {end:,} bytes, and says {length:,}")
    return footer, start


def _number(of: Struct, field: int, default: int | None = None) -> int:
    found = of.get(field, default)
    if not isinstance(found, int) or found < 0:
        raise DamagedParquet(f"its footer has {found!r} for a number")
    return found


def _name(element: Struct) -> bytes:
    name = _bytes(element, _NAME)
    try:
        name.decode()
    except UnicodeDecodeError as error:
        raise DamagedParquet(f"its footer has {name!r} for a name") from error
    return name


def _bytes(of: Struct, field: int) -> bytes:
    found = of.get(field)
    return found if isinstance(found, bytes) else b""


def _list(of: Struct, field: int) -> list[Value]:
    found = of.get(field)
    if not isinstance(found, list):
        raise DamagedParquet("its footer lacks a list")
    return found


def _structs(of: Struct, field: int) -> list[Struct]:
    return [each for each in _list(of, field) if isinstance(each, dict)]
