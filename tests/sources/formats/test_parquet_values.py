"""Doubles and old timestamps in Parquet: by their shortest spelling, in their zone, or refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from resources.errors import SettingsError, SourceError
from resources.sources.declaration.files import files
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.formats import parquet
from resources.sources.declaration.numbers import minor_units, number
from tests.sources.conftest import FOLDER, Landing, values
from tests.sources.test_round_trip import MANY

PARQUET = files(FOLDER, format="parquet")
TIMESTAMP = "TIMESTAMP WITH TIME ZONE"


def deliver(landing: Landing, given: pa.Array, name: str = "a", **written: Any) -> None:
    landing.deliver(f"{name}.parquet", b"")
    pq.write_table(pa.table({"x": given}), landing.folder() / f"{name}.parquet", **written)


def outcome(landing: Landing, source: FilesSource, kind: str) -> list[Any]:
    """Each row's value, or why it is refused, in the order of the rows."""
    with landing.load(source, {"x": f"{kind}?"}) as loaded:
        found = {row["source_line"]: row["x"] for row in landing.accepted(loaded)}
        found |= {row["source_line"]: row["reason"] for row in landing.refused(loaded)}
        return [found[line] for line in sorted(found)]


def test_doubles_are_the_decimals_that_they_were_written_from(landing: Landing) -> None:
    fits = {
        0.1: "0.10",
        19.99: "19.99",
        -0.07: "-0.07",
        -0.0: "0.00",
        70368744177664.17: "70368744177664.17",
        1e15: "1000000000000000.00",
        1e-300 * 1e-300: "0.00",
        8.0: "8.00",
    }
    refused = (0.1 + 0.2, 1.005, 2.675, 1e-3, 1e16, 1e22, 5e-324, float("nan"), float("-inf"))
    deliver(landing, pa.array([*fits, *refused, None]))
    found = outcome(landing, PARQUET, "DECIMAL(18,2)")
    assert [str(each) for each in found[: len(fits)]] == list(fits.values())
    assert all(each.startswith("x: '") for each in found[len(fits) : -1])
    assert found[-1] is None
    assert found[len(fits)] == "x: '0.30000000000000004' does not fit DECIMAL(18,2) exactly"


@pytest.mark.parametrize("kind", [pa.float32(), pa.float64()])
def test_either_width_has_its_own_shortest_spelling(landing: Landing, kind: pa.DataType) -> None:
    deliver(landing, pa.array([0.1, 19.99, 16777.21], kind))
    assert outcome(landing, PARQUET, "DECIMAL(18,2)") == [
        Decimal("0.10"),
        Decimal("19.99"),
        Decimal("16777.21"),
    ]


@MANY
@given(cents=st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=50))
def test_every_amount_of_15_digits_survives_a_double(landing: Landing, cents: list[int]) -> None:
    deliver(landing, pa.array([cent / 100 for cent in cents]))
    assert outcome(landing, PARQUET, "DECIMAL(18,2)") == [
        Decimal(cent).scaleb(-2) for cent in cents
    ]


def test_whole_doubles_are_numbers_only_as_far_as_each_is_one(landing: Landing) -> None:
    deliver(landing, pa.array([7.0, 2.0**53 - 1, 2.0**53, 7.5]))
    found = outcome(landing, PARQUET, "BIGINT")
    assert found[:2] == [7, 2**53 - 1]
    assert [each.endswith("does not fit BIGINT exactly") for each in found[2:]] == [True, True]


WRITTEN = datetime(2026, 1, 5, 20, 0, 0, 123456)
INT96 = pa.array([np.datetime64(WRITTEN)]).cast(pa.timestamp("ns"))


def test_int96_is_an_instant_in_utc_whatever_the_zone(landing: Landing) -> None:
    deliver(landing, INT96, use_deprecated_int96_timestamps=True)
    for zone in (None, "Asia/Shanghai"):
        source = files(FOLDER, format="parquet", time_zone=zone)
        assert outcome(landing, source, TIMESTAMP) == [WRITTEN.replace(tzinfo=UTC)]
    with pytest.raises(SourceError, match="column 'x' is INT96, which cannot become DATE"):
        landing.load(PARQUET, {"x": "DATE"})


def test_int96_is_a_local_clock_only_if_declared(landing: Landing) -> None:
    deliver(landing, INT96, use_deprecated_int96_timestamps=True)
    source = files(FOLDER, format=parquet(int96="local"), time_zone="Asia/Shanghai")
    assert outcome(landing, source, TIMESTAMP) == [WRITTEN.replace(tzinfo=UTC) - timedelta(hours=8)]


def test_files_with_and_without_int96_on_one_day(landing: Landing) -> None:
    deliver(landing, INT96, "a", use_deprecated_int96_timestamps=True)
    deliver(landing, INT96.cast(pa.timestamp("us")), "b")
    source = files(FOLDER, format="parquet", time_zone="Asia/Shanghai")
    with landing.load(source, {"x": TIMESTAMP}) as loaded:
        assert values(landing.accepted(loaded), "x") == [
            (WRITTEN.replace(tzinfo=UTC),),
            (WRITTEN.replace(tzinfo=UTC) - timedelta(hours=8),),
        ]


FINE = pa.array([np.datetime64("2026-01-05T20:00:00.123456789")])


@pytest.mark.parametrize("kind", ["INT96", "UTC", "local"])
def test_nanoseconds_are_refused_unless_they_may_be_cut(landing: Landing, kind: str) -> None:
    given = FINE.cast(pa.timestamp("ns", "UTC")) if kind == "UTC" else FINE
    deliver(landing, given, use_deprecated_int96_timestamps=kind == "INT96")
    source = files(FOLDER, format="parquet", time_zone="UTC")
    if kind == "local":
        (reason,) = outcome(landing, source, TIMESTAMP)
        assert reason.endswith(f"does not fit {TIMESTAMP} exactly")
    else:
        with pytest.raises(SourceError, match="x holds parts of a microsecond"):
            landing.load(source, {"x": TIMESTAMP})
    cut = files(FOLDER, format=parquet(nanoseconds="cut"), time_zone="UTC")
    assert outcome(landing, cut, TIMESTAMP) == [WRITTEN.replace(tzinfo=UTC)]


@pytest.mark.parametrize("kind", ["INT96", "UTC"])
def test_nanoseconds_that_are_zero_are_no_reason(landing: Landing, kind: str) -> None:
    times = [WRITTEN, datetime(1700, 1, 1, 0, 0, 0, 1), datetime(2261, 12, 31), None]
    given = pa.array(times, pa.timestamp("us")).cast(pa.timestamp("ns"))
    if kind == "UTC":
        given = given.cast(pa.timestamp("ns", "UTC"))
    deliver(landing, given, use_deprecated_int96_timestamps=kind == "INT96")
    assert outcome(landing, PARQUET, TIMESTAMP) == [
        each and each.replace(tzinfo=UTC) for each in times
    ]


def test_years_beyond_what_nanoseconds_reach(landing: Landing) -> None:
    times = [datetime(1, 1, 2), datetime(9999, 12, 30, 1, 2, 3, 4)]
    given = pa.array(times, pa.timestamp("us"))
    deliver(landing, given, use_deprecated_int96_timestamps=True)
    assert outcome(landing, PARQUET, TIMESTAMP) == [each.replace(tzinfo=UTC) for each in times]


def test_a_damaged_file_of_int96_is_named(landing: Landing) -> None:
    deliver(landing, pa.concat_arrays([INT96] * 9999), use_deprecated_int96_timestamps=True)
    file = landing.folder() / "a.parquet"
    whole = bytearray(file.read_bytes())
    whole[4:60] = b"\xff" * 56
    file.write_bytes(whole)
    with pytest.raises(SourceError, match=r"a\.parquet is truncated or no Parquet file"):
        landing.take(landing.load(PARQUET, {"x": TIMESTAMP}))


def test_whole_numbers_that_stand_for_others(landing: Landing) -> None:
    deliver(landing, pa.array([1767571199, 5, None]))
    cents = files(
        FOLDER,
        format="parquet",
        column_numbers={"x": number(implied_decimals=2)},
        epochs={"x": "seconds"},
    )
    assert outcome(landing, cents, "DECIMAL(18,2)") == [
        Decimal("17675711.99"),
        Decimal("0.05"),
        None,
    ]
    found = outcome(landing, cents, TIMESTAMP)
    assert found[0] == datetime(2026, 1, 4, 23, 59, 59, tzinfo=UTC)
    assert found[1].startswith("x: '5' is no") and found[2] is None


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: parquet(int96="UTC"), "int96 is 'UTC'"),  # type: ignore[arg-type]
        (lambda: parquet(nanoseconds="rounded"), "nanoseconds is 'rounded'"),  # type: ignore
        (lambda: files(FOLDER, format=parquet(), encoding="gbk"), "encoding means nothing"),
        (
            lambda: files(
                FOLDER,
                format=parquet(),
                numbers=number(minor_units=minor_units("c", {"usd": 2})),
            ),
            "a sign or currency beside a number is not read from parquet files",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_is_declared(declare: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        declare()
