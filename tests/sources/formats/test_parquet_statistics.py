"""Values of Parquet files are what the statistics of their columns say, as far as that goes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from resources.errors import SourceError
from resources.sources.declaration.files import files
from resources.sources.formats.parquet.statistics import SMALL_BYTES
from tests.sources.conftest import DAY, FOLDER, Landing
from tests.sources.formats.test_damaged_parquet import footer_of

PARQUET = files(FOLDER, format="parquet")
COLUMNS = {
    "id": "BIGINT",
    "amount": "DECIMAL(18,2)?",
    "at": "TIMESTAMP WITH TIME ZONE?",
    "day": "DATE",
    "wide": "DECIMAL(38,2)",
}
ROWS = 12_000
AT = datetime(2026, 1, 5, tzinfo=UTC)
MICROSECONDS = int(AT.timestamp()) * 1_000_000


@cache
def table_of(rows: int) -> pa.Table:
    numbers = pa.array(range(rows), pa.int64())
    cents = [pc.divide(pc.cast(numbers, pa.decimal128(19, 0)), pa.scalar(Decimal(100)))] * 2
    return pa.table(
        {
            "id": numbers,
            "wide": cents[1].cast(pa.decimal128(38, 2), safe=False),
            "amount": cents[0].cast(pa.decimal128(18, 2), safe=False),
            "at": pc.add(pc.multiply(numbers, 1_000_000), MICROSECONDS).cast(
                pa.timestamp("us", "UTC")
            ),
            "day": pa.array([date(2026, 1, 5)] * rows, pa.date32()),
        }
    )


@cache
def encoded(rows: int, options: frozenset[tuple[str, Any]]) -> bytes:
    into = io.BytesIO()
    pq.write_table(table_of(rows), into, **dict(options))
    return into.getvalue()


def written(rows: int = ROWS, **options: Any) -> bytes:
    declared = {
        "compression": "none",
        "use_dictionary": False,
        "row_group_size": 5_000,
        "store_decimal_as_integer": True,
        **options,
    }
    return encoded(rows, frozenset(declared.items()))


def flipped(number: int, size: int, byte: int, order: str = "little") -> Callable[[bytes], bytes]:
    """One bit of a value that is stored as that number, in the last page that has it."""

    def edit(content: bytes) -> bytes:
        stored = number.to_bytes(size, order)  # type: ignore[arg-type]
        at = content.rindex(stored, 0, footer_of(content)) + byte
        return content[:at] + bytes([content[at] ^ 0x40]) + content[at + 1 :]

    return edit


DAMAGE = {
    "an amount of millions": (flipped(777, 8, 5), "'amount'"),
    "a negative amount": (flipped(777, 8, 7), "'amount'"),
    "an instant of another century": (flipped(MICROSECONDS + 77_000_000, 8, 6), "'at'"),
    "a date": (flipped((date(2026, 1, 5) - date(1970, 1, 1)).days, 4, 2), "'day'"),
    "a wide decimal": (flipped(777, 16, 3, "big"), "'wide'"),
}


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize("rows", [1_000, ROWS])
def test_a_value_beyond_its_columns_statistics_refuses_the_file(
    landing: Landing, name: str, rows: int
) -> None:
    damage, column = DAMAGE[name]
    content = written(rows)
    damaged = damage(content)
    assert damaged != content and (len(damaged) > SMALL_BYTES) == (rows == ROWS)
    landing.deliver("a.parquet", damaged)
    with pytest.raises(
        SourceError, match=rf"a\.parquet is truncated .*column {column}.*footer say"
    ):
        landing.load(PARQUET, COLUMNS)


def test_another_number_of_nulls_refuses_the_file(landing: Landing) -> None:
    content = written()
    # Five thousand values at level 1, in one run: its length, then the level.
    run = bytes([5_000 * 2 & 127 | 128, 5_000 * 2 >> 7])
    assert content.count(run + b"\x01") > 4
    at = content.index(run + b"\x01", content.index(run + b"\x01") + 1)
    landing.deliver("a.parquet", content[: at + 2] + b"\x00" + content[at + 3 :])
    with pytest.raises(SourceError, match=r"column 'wide': 5,000 NULLs, the footer says 0"):
        landing.load(PARQUET, COLUMNS)


def test_the_damaged_one_of_several_is_named(landing: Landing) -> None:
    for name in "abc":
        content = written(ROWS + ord(name))
        damaged = flipped(MICROSECONDS + 77_000_000, 8, 6)(content) if name == "b" else content
        landing.deliver(f"{name}.parquet", damaged)
    with pytest.raises(SourceError, match=r"/b\.parquet is truncated"):
        landing.load(PARQUET, COLUMNS)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "zstd", "use_dictionary": True, "data_page_version": "2.0"},
        {"write_statistics": False},
        {"store_decimal_as_integer": False},
        {"write_page_checksum": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_whole_files_are_taken(landing: Landing, options: dict[str, Any], zone: str) -> None:
    landing.deliver("a.parquet", written(40_000, **options))
    before = landing.connection.execute("SELECT current_setting('TimeZone')").fetchall()[0][0]
    try:
        landing.connection.execute(f"SET TimeZone = '{zone}'")
        with landing.load(PARQUET, COLUMNS) as loaded:
            assert loaded.rows == {DAY: 40_000}
    finally:
        landing.connection.execute(f"SET TimeZone = '{before}'")


def test_columns_of_nulls_and_row_groups_of_nulls(landing: Landing) -> None:
    rows = 60_000
    table = pa.table(
        {
            "id": pa.array(range(rows), pa.int64()),
            "amount": pa.array([None] * rows, pa.decimal128(18, 2)),
            "at": pa.array([None] * 20_000 + [AT] * 40_000, pa.timestamp("us", "UTC")),
            "day": pa.array([date(2026, 1, 5)] * rows, pa.date32()),
            "wide": pa.array([Decimal(1)] * rows, pa.decimal128(38, 2)),
        }
    )
    into = io.BytesIO()
    pq.write_table(table, into, row_group_size=10_000, use_dictionary=False, compression="none")
    landing.deliver("a.parquet", into.getvalue())
    with landing.load(PARQUET, COLUMNS) as loaded:
        assert loaded.rows == {DAY: rows}
