"""Parquet that is not whole, but that the engine would read, is refused before a row is taken."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duckdb import DuckDBPyConnection

from resources.errors import SourceError
from resources.sources.declaration.files import files
from tests.sources.conftest import DAY, Landing, values

PARQUET = files("center/table", format="parquet")
COLUMNS = {"id": "BIGINT", "name": "VARCHAR?"}
IDS = list(range(5_000))

Edit = Callable[[bytes], bytes]


def written(**options: Any) -> bytes:
    table = pa.table({"id": IDS, "name": [f"name {number % 7}" for number in IDS]})
    into = io.BytesIO()
    pq.write_table(table, into, row_group_size=2_000, **options)
    return into.getvalue()


def footer_of(content: bytes) -> int:
    """The byte where the footer starts."""
    return len(content) - 8 - int.from_bytes(content[-8:-4], "little")


def with_footer(content: bytes, edit: Edit) -> bytes:
    start = footer_of(content)
    footer = edit(content[start:-8])
    return content[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def varint(number: int) -> bytes:
    number *= 2
    parts: list[int] = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def replaced_last(content: bytes, old: bytes, new: bytes) -> bytes:
    at = content.rindex(old)
    return content[:at] + new + content[at + len(old) :]


def byte_in_the_last_page(content: bytes) -> bytes:
    """Each byte behind it stands one further, as after a line end that became two."""
    at = footer_of(content) - 40
    return content[:at] + content[at : at + 1] + content[at:]


def other_size_of_a_column(content: bytes) -> bytes:
    size = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0).column(1).total_compressed_size
    # Field 7 of ColumnMetaData, behind field 6.
    old, new = (b"\x16" + varint(each) for each in (size, size - 64))
    return with_footer(content, lambda footer: footer.replace(old, new))


def other_count_of_rows(content: bytes) -> bytes:
    # Field 3 of FileMetaData, before the list of the row groups.
    old, new = (b"\x16" + varint(each) + b"\x19" for each in (5_000, 4_999))
    return with_footer(content, lambda footer: footer.replace(old, new, 1))


def footer_that_ends_late(content: bytes) -> bytes:
    return with_footer(content, lambda footer: footer + b"\x00\x00")


def footer_that_ends_early(content: bytes) -> bytes:
    return with_footer(content, lambda footer: footer[:-1])


def name_that_is_no_text(content: bytes) -> bytes:
    return with_footer(content, lambda footer: footer.replace(b"name", b"n\xe9me"))


def page_of_fewer_values(content: bytes) -> bytes:
    # DataPageHeader behind the sizes: its first field is the count of values.
    old, new = (b"\x2c\x15" + varint(each) + b"\x15" for each in (2_000, 1_999))
    assert old in content
    return content.replace(old, new, 1)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (byte_in_the_last_page, "1 bytes before its footer belong to nothing"),
        (other_size_of_a_column, "column 'name', row group 0: .* does not end where it should"),
        (other_count_of_rows, "5,000 rows, the footer says 4,999"),
        (footer_that_ends_late, "its footer has"),
        (footer_that_ends_early, "its footer is damaged"),
        (name_that_is_no_text, "for a name"),
        (page_of_fewer_values, "column 'id', row group 0: "),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(
    landing: Landing, damage: Edit, said: str
) -> None:
    content = written(compression="none", use_dictionary=["name"])
    damaged = damage(content)
    assert damaged != content
    landing.deliver("a.parquet", damaged)
    with pytest.raises(SourceError, match=rf"a\.parquet is truncated or no Parquet file: .*{said}"):
        landing.load(PARQUET, COLUMNS)


def test_the_damaged_one_of_many_small_files_is_named(landing: Landing) -> None:
    content = written()
    for name in "abcd":
        landing.deliver(
            f"{name}.parquet", byte_in_the_last_page(content) if name == "c" else content
        )
    with pytest.raises(SourceError, match=r"/c\.parquet is truncated"):
        landing.load(PARQUET, COLUMNS)


@pytest.mark.parametrize("has_checksums", [True, False])
def test_a_flipped_bit_is_noticed_where_pages_have_checksums(
    landing: Landing, has_checksums: bool
) -> None:
    content = written(compression="none", use_dictionary=False, write_page_checksum=has_checksums)
    at = content.index((1_234).to_bytes(8, "little"))
    landing.deliver("a.parquet", content[:at] + b"\xd3" + content[at + 1 :])
    if has_checksums:
        with pytest.raises(SourceError, match=r"column 'id', row group 0: .* has another checksum"):
            landing.load(PARQUET, COLUMNS)
    else:
        rows = landing.take(landing.load(PARQUET, COLUMNS))
        assert [number for (number,) in values(rows, "id")].count(1_235) == 2


def small(**options: Any) -> bytes:
    times = [datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in range(10)]
    table = pa.table({"id": range(10), "at": pa.array(times, pa.timestamp("us", "UTC"))})
    into = io.BytesIO()
    pq.write_table(table, into, compression="none", use_dictionary=False, **options)
    return into.getvalue()


def a_level_too_few(content: bytes) -> bytes:
    # The levels of a page: their length, a run of ten, that each is a value.
    return content.replace(b"\x02\0\0\0\x14\x01", b"\x02\0\0\0\x12\x01", 1)


def a_null_too_many(content: bytes) -> bytes:
    return content.replace(b"\x02\0\0\0\x14\x01", b"\x02\0\0\0\x14\x00", 1)


def a_time_in_the_far_future(content: bytes) -> bytes:
    fifth = int(datetime(2026, 1, 5, 5, tzinfo=UTC).timestamp() * 1_000_000)
    return content.replace(fifth.to_bytes(8, "little"), (fifth + (1 << 62)).to_bytes(8, "little"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (a_level_too_few, "levels do not match"),
        (a_null_too_many, "."),
        (a_time_in_the_far_future, "column 'at', row group 0: values outside of what the footer"),
    ],
)
def test_damage_inside_the_pages_of_a_small_file_is_noticed(
    landing: Landing, damage: Edit, said: str
) -> None:
    content = small()
    damaged = damage(content)
    assert damaged != content
    landing.deliver("a.parquet", damaged)
    columns = {"id": "BIGINT", "at": "TIMESTAMP WITH TIME ZONE"}
    with pytest.raises(SourceError, match=rf"a\.parquet is truncated or no Parquet file: .*{said}"):
        landing.load(PARQUET, columns)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "zstd", "data_page_version": "2.0"},
        {"compression": "gzip", "use_dictionary": False, "data_page_size": 256},
        {"write_page_index": True, "write_page_checksum": True},
        {"write_statistics": False, "version": "1.0"},
    ],
    ids=str,
)
def test_whole_files_of_all_layouts_are_taken(landing: Landing, options: dict[str, Any]) -> None:
    landing.deliver("a.parquet", written(**options))
    rows = landing.take(landing.load(PARQUET, COLUMNS))
    assert [number for (number,) in values(rows, "id")] == IDS


def test_files_of_the_engine_and_nested_columns_are_taken(
    landing: Landing, engine: tuple[Any, DuckDBPyConnection]
) -> None:
    path: Path = landing.deliver("a.parquet", b"")
    engine[1].execute(
        "COPY (SELECT i AS id, 'n' || i AS name, [i, NULL, i] AS many, {'a': [{'b': i}]} AS deep "
        f"FROM range(300_000) r(i)) TO '{path}' (FORMAT parquet, PARQUET_VERSION v2)"
    )
    with landing.load(PARQUET, COLUMNS) as loaded:
        assert loaded.rows == {DAY: 300_000}


def test_what_old_writers_put_behind_each_column_is_no_damage(landing: Landing) -> None:
    content = written()
    facts = b"\x15\x04\x19\x15\x00\x19\x18\x02id\x15\x00\x16\x02\x16\x02\x16\x02\x26\x08\x00"
    at = footer_of(content)
    landing.deliver("a.parquet", content[:at] + facts + content[at:])
    assert len(landing.take(landing.load(PARQUET, COLUMNS))) == len(IDS)
