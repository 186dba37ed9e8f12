"""What a text may look like to become a value, and what it may not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from resources.errors import SourceError
from resources.sources.declaration.files import files
from tests.sources.conftest import FOLDER, Landing, values

STAMP = "TIMESTAMP WITH TIME ZONE"


def read(landing: Landing, text: str, kind: str, **declared: Any) -> tuple[object, str | None]:
    """The value that a CSV field becomes, or the reason why not."""
    quoted = '"' + text.replace('"', '""') + '"'
    landing.deliver("a.csv", f"x,filled\n{quoted},1\n")
    with landing.load(files(FOLDER, format="csv", **declared), {"x": f"{kind}?"}) as loaded:
        accepted, refused = landing.accepted(loaded), landing.refused(loaded)
    assert len(accepted) + len(refused) == 1
    return (accepted[0]["x"], None) if accepted else (None, refused[0]["reason"])


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12.5", "DECIMAL(18,2)", "12.50"),
        ("12", "DECIMAL(18,2)", "12.00"),
        (".5", "DECIMAL(18,2)", "0.50"),
        ("12.", "DECIMAL(18,2)", "12.00"),
        ("-0.01", "DECIMAL(18,2)", "-0.01"),
        ("+7.10", "DECIMAL(18,2)", "7.10"),
        (" 7.10\t", "DECIMAL(18,2)", "7.10"),
        ("0007.10", "DECIMAL(18,2)", "7.10"),
        ("7.1000000", "DECIMAL(18,2)", "7.10"),
        ("9999999999999999.99", "DECIMAL(18,2)", "9999999999999999.99"),
        ("0.123456", "DECIMAL(18,6)", "0.123456"),
        ("12", "DECIMAL(4,0)", "12"),
        ("9223372036854775807", "BIGINT", "9223372036854775807"),
        ("-9223372036854775808", "BIGINT", "-9223372036854775808"),
        ("9007199254740993.0", "BIGINT", "9007199254740993"),
        ("007", "INTEGER", "7"),
        (" 5 ", "BIGINT", "5"),
    ],
)
def test_plain_numbers_are_exact(landing: Landing, text: str, kind: str, value: str) -> None:
    found, reason = read(landing, text, kind)
    assert (Decimal(str(found)), reason) == (Decimal(value), None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1234.005", "DECIMAL(18,2)"),
        ("0.001", "DECIMAL(18,2)"),
        ("-0.009", "DECIMAL(18,2)"),
        ("10000000000000000.00", "DECIMAL(18,2)"),
        ("0.5", "DECIMAL(4,0)"),
        ("9223372036854775808", "BIGINT"),
        ("1.5", "BIGINT"),
        ("0.9", "INTEGER"),
        ("2147483648", "INTEGER"),
    ],
)
def test_numbers_are_never_rounded(landing: Landing, text: str, kind: str) -> None:
    assert read(landing, text, kind) == (None, f"x: '{text}' does not fit {kind} exactly")


@pytest.mark.parametrize(
    "text",
    [
        *("1,234.50", "12,50", "1 000", "1_000", "¥12.50", "$5", "12.5%", "(12.50)", "--5"),
        *("1e3", "1E-2", "0x1F", "NaN", "inf", ".", "-", "five", "12.5.1", "１２", "12\n"),
    ],
)
@pytest.mark.parametrize("kind", ["DECIMAL(18,2)", "BIGINT"])
def test_anything_else_is_no_number(landing: Landing, text: str, kind: str) -> None:
    assert read(landing, text, kind) == (None, f"x: '{text}' is no {kind}")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-05T10:00:00+08:00", "2026-01-05T02:00:00"),
        ("2026-01-05 10:00:00-05:30", "2026-01-05T15:30:00"),
        ("2026-01-05T10:00:00+14:00", "2026-01-04T20:00:00"),
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00"),
        ("2026-01-05T10:00Z", "2026-01-05T10:00:00"),
        ("2026-01-05 10:00+0800", "2026-01-05T02:00:00"),
        ("2026-01-05 10:00:00 +08", "2026-01-05T02:00:00"),
        ("2026-01-05T10:00:00.25+08:00", "2026-01-05T02:00:00.250000"),
        ("2026-01-05 10:00:00.12345", "2026-01-05T02:00:00.123450"),
        ("2026-01-05T10:00:00.123456000Z", "2026-01-05T10:00:00.123456"),
        ("2026-01-05 10:00:00", "2026-01-05T02:00:00"),
        ("2026-01-05T10:00", "2026-01-05T02:00:00"),
        ("2026-01-05", "2026-01-04T16:00:00"),
        (" 2026-01-05 10:00:00 ", "2026-01-05T02:00:00"),
    ],
)
def test_timestamps_of_iso_8601(landing: Landing, text: str, utc: str) -> None:
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert read(landing, text, STAMP) == (expected, None)


@pytest.mark.parametrize(
    "text",
    [
        *("10/2/2017 10:56", "10/2/17", "2026-1-5 10:00:00", "20226-01-05 10:00:00"),
        *("2026-02-30 00:00:00", "2026-01-05 25:00:00", "0000-00-00 00:00:00"),
        *("2026-01-05 10:00:00 Asia/Shanghai", "2026-01-05T10:00:00+99:00"),
        *("0001-01-01 00:00:00", "9999-12-31 23:59:59-08:00"),
        *("infinity", "epoch", "now", "1767578400"),
    ],
)
def test_anything_else_is_no_timestamp(landing: Landing, text: str) -> None:
    assert read(landing, text, STAMP) == (None, f"x: '{text}' is no {STAMP}")


def test_the_sources_time_zone_tells_local_times(landing: Landing) -> None:
    def utc(text: str) -> object:
        return read(landing, text, STAMP, time_zone="America/New_York")[0]

    assert utc("2026-01-05 10:00:00") == datetime(2026, 1, 5, 15, tzinfo=UTC)
    assert utc("2026-07-05 10:00:00") == datetime(2026, 7, 5, 14, tzinfo=UTC)
    # 02:30 does not exist on 8 March 2026: an hour later. 01:30 is twice on 1 November: the second.
    assert utc("2026-03-08 02:30:00") == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert utc("2026-11-01 01:30:00") == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert utc("2026-11-01T01:30:00-04:00") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_declared_formats_are_tried_after_iso(landing: Landing) -> None:
    formats = ("%-m/%-d/%Y %H:%M", "%-d.%-m.%Y", "%Y%m%d%H%M%S%z")
    for text, expected in [
        ("10/2/2017 10:56", datetime(2017, 10, 2, 2, 56, tzinfo=UTC)),
        ("5.1.2026", datetime(2026, 1, 4, 16, tzinfo=UTC)),
        ("20260105100000-0500", datetime(2026, 1, 5, 15, tzinfo=UTC)),
        ("2026-01-05T10:00:00Z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
    ]:
        assert read(landing, text, STAMP, timestamp_formats=formats) == (expected, None)
    assert read(landing, "31/12/2017 1:00", STAMP, timestamp_formats=formats)[0] is None


def test_dates(landing: Landing) -> None:
    assert read(landing, "2026-01-05", "DATE") == (date(2026, 1, 5), None)
    for text in ("2026-01-05 00:00:00", "5/1/2026", "2026-1-5", "2026-02-29", "infinity"):
        assert read(landing, text, "DATE") == (None, f"x: '{text}' is no DATE")
    found = read(landing, "5/1/2026", "DATE", date_formats=("%-d/%-m/%Y",))
    assert found == (date(2026, 1, 5), None)


def test_booleans(landing: Landing) -> None:
    assert read(landing, "true", "BOOLEAN") == (True, None)
    assert read(landing, "0", "BOOLEAN") == (False, None)
    assert read(landing, "maybe", "BOOLEAN") == (None, "x: 'maybe' is no BOOLEAN")


def test_several_reasons_are_all_given_and_long_texts_cut(landing: Landing) -> None:
    landing.deliver("a.csv", f"a,b\n{'x' * 500},2026-13-01\n")
    columns = {"a": "BIGINT", "b": "DATE"}
    with landing.load(files(FOLDER, format="csv"), columns) as loaded:
        refused = landing.refused(loaded)
    assert values(refused, "reason") == [
        (f"a: '{'x' * 100}' is no BIGINT; b: '2026-13-01' is no DATE",)
    ]
    assert len(refused[0]["raw"]) == 511


def test_a_type_that_text_cannot_become_is_refused(landing: Landing) -> None:
    landing.deliver("a.csv", "x\n1\n")
    with pytest.raises(SourceError, match="no way from text to BLOB"):
        landing.load(files(FOLDER, format="csv"), {"x": "BLOB"})
