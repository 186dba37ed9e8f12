"""Names say which files are data, what their rows have in common, and what must not be loaded."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from resources.errors import InputMissing, LedgerlakeError, SettingsError, SourceError
from resources.sources.declaration.files import files
from resources.sources.landing.name_patterns import name_pattern
from tests.sources.conftest import DAY, FOLDER, Landing, values

SOURCE = files(FOLDER, format="csv")
COLUMNS = {"order_no": "VARCHAR", "amount": "DECIMAL(18,2)"}
ROWS = "order_no,amount\nA,1.00\nB,2.00\n"
OTHER = "order_no,amount\nZ,9.00\n"


def total(landing: Landing, source: Any = SOURCE) -> Decimal:
    return sum((row["amount"] for row in landing.take(landing.load(source, COLUMNS))), Decimal(0))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("orders.csv.md5", "checksum"),
        ("orders.sha256", "checksum"),
        ("SHA256SUMS", "checksum"),
        ("md5sums.txt", "checksum"),
        ("orders.csv.asc", "checksum"),
        ("MANIFEST.json", "manifest"),
        ("manifest.csv", "manifest"),
        ("orders.ctl", "manifest"),
        ("README.txt", "note"),
        ("orders.csv.bak", "backup"),
        ("orders.csv~", "backup"),
        ("orders.csv.orig", "backup"),
        ("#orders.csv#", "backup"),
        ("~$orders.csv", "backup"),
        ("orders.xlsx", r"does not match \*\.csv or \*\.txt"),
        ("orders.csv.zst", "does not match"),
        ("orders", "does not match"),
    ],
)
def test_what_is_no_data_is_named_and_left_alone(landing: Landing, name: str, reason: str) -> None:
    landing.deliver("orders.csv", ROWS)
    landing.deliver(name, ROWS)
    with landing.load(SOURCE, COLUMNS) as loaded:
        assert loaded.rows == {DAY: 2}
        [other] = loaded.left
    assert other.path == f"{FOLDER}/{DAY}/{name}"
    assert other.partition == DAY
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(str(other))


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        *((f"orders.csv.{end}", InputMissing, "not finished")
          for end in ("filepart", "part", "tmp", "crdownload", "PARTIAL", "uploading")),
        ("orders (1).csv", SourceError, "second copy"),
        ("orders copy.csv", SourceError, "second copy"),
        ("orders - Copy.csv", SourceError, "second copy"),
        ("orders_copy2.csv", SourceError, "second copy"),
        ("Copy of orders.csv", SourceError, "second copy"),
        ("orders - Kopie.csv", SourceError, "second copy"),
        ("orders - 副本.csv", SourceError, "second copy"),
        ("orders副本.csv", SourceError, "second copy"),
        ("orders - コピー (2).csv", SourceError, "second copy"),
        ("orders (1).csv.gz", SourceError, "second copy"),
    ],
)  # fmt: skip
def test_half_uploads_and_copies_stop_the_day(
    landing: Landing, name: str, error: type[LedgerlakeError], said: str
) -> None:
    landing.deliver("orders.csv", ROWS)
    landing.deliver(name, gzip.compress(OTHER.encode()) if name.endswith(".gz") else OTHER)
    with pytest.raises(error, match=said) as raised:
        landing.load(SOURCE, COLUMNS)
    assert name in str(raised.value)
    (landing.folder() / name).unlink()
    assert total(landing) == Decimal("3.00")


def test_a_file_and_its_gzipped_twin_do_not_count_twice(landing: Landing) -> None:
    landing.deliver("orders.csv", ROWS)
    landing.deliver("Orders.CSV.GZ", gzip.compress(ROWS.encode()))
    with pytest.raises(SourceError, match=r"(?i)orders\.csv.* are one file by their names"):
        landing.load(SOURCE, COLUMNS)
    (landing.folder() / "orders.csv").unlink()
    assert total(landing) == Decimal("3.00")


def test_the_same_rows_under_two_names_do_not_count_twice(landing: Landing) -> None:
    landing.deliver("a.csv", ROWS)
    landing.deliver("resent.csv", ROWS)
    with pytest.raises(SourceError, match=r"a\.csv and .*resent\.csv hold the same 2 rows"):
        landing.load(SOURCE, COLUMNS)
    # Files without rows are alike, and nothing counts twice.
    landing.deliver("a.csv", "order_no,amount\n")
    landing.deliver("b.csv", "order_no,amount\n")
    assert total(landing) == Decimal("3.00")


@pytest.mark.parametrize("first", ["a.csv", "a.csv.gz"])
def test_the_same_rows_packed_otherwise_do_not_count_twice(landing: Landing, first: str) -> None:
    packed = gzip.compress(ROWS.encode(), 1, mtime=1)
    landing.deliver(first, packed if first.endswith(".gz") else ROWS)
    landing.deliver("resent.csv.gz", gzip.compress(ROWS.encode(), 9, mtime=2))
    with pytest.raises(SourceError, match=r"a\.csv.* and .*resent\.csv\.gz hold the same 2 rows"):
        landing.load(SOURCE, COLUMNS)
    landing.deliver("resent.csv.gz", gzip.compress(ROWS.replace("A,", "C,").encode()))
    assert total(landing) == Decimal("6.00")


@pytest.mark.parametrize(
    "saved", ["\ufeff" + ROWS, ROWS.replace("\n", "\r\n"), "\ufeff" + ROWS.replace("\n", "\r\n")]
)
def test_the_same_rows_saved_by_another_program_do_not_count_twice(
    landing: Landing, saved: str
) -> None:
    landing.deliver("a.csv", ROWS)
    landing.deliver("b.csv", saved)
    with pytest.raises(SourceError, match=r"a\.csv and .*b\.csv hold the same 2 rows"):
        landing.load(SOURCE, COLUMNS)
    landing.deliver("b.csv", saved.replace("2.00", "2.01"))
    assert total(landing) == Decimal("6.01")


@pytest.mark.parametrize(
    ("one", "other"),
    [("caf\u00e9.csv", "cafe\u0301.csv"), ("a.csv", "a .csv"), ("a.csv", "A .CSV.gz")],
)
def test_names_that_look_alike_are_one_file(landing: Landing, one: str, other: str) -> None:
    landing.deliver(one, ROWS)
    more = OTHER.encode()
    landing.deliver(other, gzip.compress(more) if other.endswith(".gz") else more)
    with pytest.raises(SourceError, match="are one file by their names"):
        landing.load(SOURCE, COLUMNS)
    (landing.folder() / other).unlink()
    assert total(landing) == Decimal("3.00")


def test_other_letters_are_other_files_and_are_read(landing: Landing) -> None:
    landing.deliver("orders.csv", ROWS)
    landing.deliver("MORE.CSV", OTHER)
    assert total(landing) == Decimal("12.00")


def test_a_day_of_unknown_names_only_is_no_empty_day(landing: Landing) -> None:
    landing.deliver("orders.xls", ROWS)
    with pytest.raises(
        SourceError, match=r"no file of 2026-01-05 has a name that matches .*xls is"
    ):
        landing.load(SOURCE, COLUMNS)
    landing.deliver("orders.csv.md5", "")
    (landing.folder() / "orders.xls").unlink()
    with landing.load(SOURCE, COLUMNS) as loaded:
        assert loaded.rows == {DAY: 0}


def test_only_what_matches_the_pattern_is_read(landing: Landing) -> None:
    source = files(FOLDER, format="csv", pattern="settle_*.csv")
    landing.deliver("settle_1.csv", ROWS)
    landing.deliver("settle_2.csv.gz", gzip.compress(OTHER.encode()))
    landing.deliver("summary.csv", "day,amount\n2026-01-05,12.00\n")
    with landing.load(source, COLUMNS) as loaded:
        assert sum(row["amount"] for row in landing.accepted(loaded)) == Decimal("12.00")
        assert [other.path.rsplit("/")[-1] for other in loaded.left] == ["summary.csv"]


NAMED = files(
    FOLDER,
    format="csv",
    pattern="STL_{merchant_no}_{settled_on}_{part}.csv",
    date_formats=["%Y%m%d"],
)
NAMED_COLUMNS = {
    "txn": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "merchant_no": "VARCHAR",
    "settled_on": "DATE",
    "part": "BIGINT",
}


def test_names_give_their_columns_as_they_are(landing: Landing) -> None:
    landing.deliver("STL_0088017_20250311_01.csv", "txn,amount\nT1,125.00\nT2,-8.00\n")
    landing.deliver("STL_0088017_20250311_02.csv.gz", gzip.compress(b"txn,amount\nT3,3.00\n"))
    landing.deliver("stl_0090342_20250312_01.csv", "txn,amount\nT1,64.64\n")
    rows = landing.take(landing.load(NAMED, NAMED_COLUMNS))
    assert values(rows, "txn", "amount", "merchant_no", "settled_on", "part") == [
        ("T1", Decimal("125.00"), "0088017", date(2025, 3, 11), 1),
        ("T2", Decimal("-8.00"), "0088017", date(2025, 3, 11), 1),
        ("T3", Decimal("3.00"), "0088017", date(2025, 3, 11), 2),
        ("T1", Decimal("64.64"), "0090342", date(2025, 3, 12), 1),
    ]


def test_small_files_of_equal_content_and_other_names_are_no_copies(landing: Landing) -> None:
    for merchant in ("0088017", "0090342"):
        landing.deliver(f"STL_{merchant}_20250311_01.csv", "txn,amount\nT1,64.64\n")
    rows = landing.take(landing.load(NAMED, NAMED_COLUMNS))
    assert values(rows, "merchant_no") == [("0088017",), ("0090342",)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("STL_0088017_20250231_01.csv", r"settled_on is '20250231', which is no DATE"),
        ("STL_00_88_20250311_01.csv", "can be read by .* in two ways"),
    ],
)
def test_a_name_that_gives_no_value_is_an_error(landing: Landing, name: str, said: str) -> None:
    landing.deliver(name, "txn,amount\nT1,1.00\n")
    with pytest.raises(SourceError, match=said):
        landing.load(NAMED, NAMED_COLUMNS)


TEXTS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)


@given(first=TEXTS, second=TEXTS, third=TEXTS)
def test_values_are_found_where_they_were_written(first: str, second: str, third: str) -> None:
    pattern = name_pattern("pattern", "x_{a}-{b}.{c}_*.csv")
    name = f"x_{first}-{second}.{third}_rest_of-it.csv"
    assert pattern.values(name) == {"a": first, "b": second, "c": third}


@given(first=TEXTS, second=TEXTS)
def test_a_value_that_holds_the_separator_is_never_guessed(first: str, second: str) -> None:
    pattern = name_pattern("pattern", "{a}_{b}.csv")
    with pytest.raises(SourceError, match="in two ways"):
        pattern.values(f"{first}_x_{second}.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a}{b}.csv", "where a column's value ends"),
        ("{a}*.csv", "where a column's value ends"),
        ("{A}.csv", "no column's name"),
        ("{a}_{a}.csv", "names a column twice"),
        ("{a:8}.csv", "more than a column's name"),
        ("{a.csv", "is no pattern"),
        ("in/{a}.csv", "holds a slash"),
    ],
)
def test_a_pattern_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        files(FOLDER, format="csv", pattern=text)
