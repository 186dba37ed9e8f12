"""Zip archives: members are files, within bounds, and are what their checksums say."""

from __future__ import annotations

import hashlib
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from resources.errors import InputMissing, LedgerlakeError, SourceError
from resources.lake.model.window import Window
from resources.sources.declaration.files import files
from resources.sources.delivery.delivery import changed_since, delivered
from resources.sources.landing import checksums, file_list, limits, zipped
from tests.sources.conftest import DAY, FOLDER, Landing, values

PAYMENTS = b"id,amount\nP1,19.90\nP2,240.00\n"
REFUNDS = b"id,amount\nR1,-19.90\n"
COLUMNS = {"id": "VARCHAR", "amount": "DECIMAL(18,2)", "kind": "VARCHAR"}
ROWS = [
    ("P1", Decimal("19.90"), "payments"),
    ("P2", Decimal("240.00"), "payments"),
    ("R1", Decimal("-19.90"), "refunds"),
]


def archives(**arguments: Any) -> Any:
    return files(
        FOLDER, format="csv", archive=zipped("settle_*.zip"), pattern="{kind}_*.csv", **arguments
    )


def packed(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "."), text)
    return content.getvalue()


def sums(**members: bytes) -> bytes:
    return "".join(
        f"{hashlib.sha256(text).hexdigest()}  {name.replace('__', '.')}\n"
        for name, text in members.items()
    ).encode()


GOOD = {"payments_0105__csv": PAYMENTS, "refunds_0105__csv": REFUNDS}


def test_members_are_files_with_names_of_their_own(landing: Landing) -> None:
    landing.deliver("settle_1.zip", packed(**GOOD, NOTES__doc=b"-"))
    with landing.load(archives(), COLUMNS) as loaded:
        rows = landing.accepted(loaded)
        assert values(rows, "id", "amount", "kind") == ROWS
        place = f"{FOLDER}/{DAY}/settle_1.zip"
        assert (rows[2]["source_file"], rows[2]["source_line"]) == (f"{place}/refunds_0105.csv", 2)
        assert [(one.path, one.rows) for one in loaded.delivered] == [(place, 3)]
        assert [other.path for other in loaded.left] == [f"{place}/NOTES.doc"]
        before = loaded.delivered
    root, window = landing.settings.landing_folder, Window.of_day(DAY)
    assert changed_since(before, delivered(archives(), root, window), root) == []
    landing.deliver("settle_1.zip", packed(payments_0105__csv=PAYMENTS))
    assert len(changed_since(before, delivered(archives(), root, window), root)) == 1


def test_checksums_inside_are_checked(landing: Landing) -> None:
    source = archives(manifest=checksums("SHA256SUMS"))
    landing.deliver("settle_1.zip", packed(**GOOD, SHA256SUMS=sums(**GOOD)))
    assert values(landing.take(landing.load(source, COLUMNS)), "id", "amount", "kind") == ROWS
    changed = {**GOOD, "refunds_0105__csv": REFUNDS.replace(b"19", b"91")}
    for content, said, error in (
        (
            packed(**changed, SHA256SUMS=sums(**GOOD)),
            "refunds_0105.csv has the sha256",
            SourceError,
        ),
        (packed(**GOOD), "holds no SHA256SUMS", InputMissing),
        (
            packed(payments_1__csv=PAYMENTS, SHA256SUMS=sums(**GOOD)),
            "says nothing of",
            InputMissing,
        ),
        (
            packed(payments_0105__csv=PAYMENTS, SHA256SUMS=sums(**GOOD)),
            "names refunds_0105.csv, which is not there",
            InputMissing,
        ),
    ):
        landing.deliver("settle_1.zip", content)
        with pytest.raises(error, match=said):
            landing.load(source, COLUMNS)


def _encrypted() -> bytes:
    content = bytearray(packed(payments_1__csv=PAYMENTS))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def _twice() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("payments_1.csv", PAYMENTS)
        archive.writestr("payments_1.csv", REFUNDS)
    return content.getvalue()


def _damaged() -> bytes:
    content = bytearray(packed(payments_1__csv=PAYMENTS * 100))
    content[60:70] = bytes(10)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (packed(**{"../payments_1__csv": PAYMENTS}), "lies in a folder"),
        (packed(**{"in/payments_1__csv": PAYMENTS}), "'in/payments_1.csv' lies in a folder"),
        (_encrypted(), "'payments_1.csv' is encrypted"),
        (_twice(), "'payments_1.csv' is there twice"),
        (packed(payments_1__csv=PAYMENTS, PAYMENTS_1__CSV=PAYMENTS), "is there twice"),
        (_damaged(), "settle_1.zip is truncated or no zip archive"),
        (packed(**GOOD)[:-30], "settle_1.zip is truncated or no zip archive"),
        (b"id,amount\n", "settle_1.zip is truncated or no zip archive"),
        (packed(other__csv=PAYMENTS), r"no member has a name that matches \{kind\}_\*\.csv"),
        (packed(**{"payments_1 (1)__csv": PAYMENTS}), "second copy"),
        (packed(payments_1__csv=b"id,sum\n1,2\n"), r"settle_1.zip/payments_1.csv: column 'amount'"),
        (packed(a_1__csv=PAYMENTS, a_2__csv=PAYMENTS), "hold the same 2 rows"),
    ],
)
def test_an_archive_that_is_not_right_loads_nothing(
    landing: Landing, content: bytes, said: str
) -> None:
    landing.deliver("settle_1.zip", content)
    with pytest.raises(SourceError, match=said) as raised:
        landing.load(archives(), COLUMNS)
    assert str(landing.settings.spill_folder) not in str(raised.value)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"members": 1}, "has 2 members; the source allows 1"),
        ({"unpacked_bytes": 100_000}, "unpacks to more than 100,000 bytes"),
    ],
)
def test_an_archive_beyond_its_bounds_is_refused(
    landing: Landing, bounds: dict[str, int], said: str
) -> None:
    big = b"id,amount\n" + b"P1,1.00\n" * 20_000
    landing.deliver("settle_1.zip", packed(payments_1__csv=PAYMENTS, payments_2__csv=big))
    with pytest.raises(SourceError, match=said):
        landing.load(archives(limits=limits(**bounds)), COLUMNS)


LISTED = '{"files": [{"name": "a.csv", "rows": %d, "bytes": %d, "sha": "%s"}]}'
ONE = {"id": "VARCHAR"}
TEXT = "id\n1\n2\n"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.mark.parametrize(
    ("stated", "error", "said"),
    [
        ((2, 7, DIGEST), None, ""),
        ((3, 7, DIGEST), SourceError, r"a\.csv holds 2 rows; its manifest says 3"),
        ((2, 8, DIGEST), SourceError, r"a\.csv has 7 bytes, manifest\.json says 8"),
        ((2, 7, "0" * 64), SourceError, r"a\.csv has the sha256"),
    ],
)
def test_a_list_of_files_is_compared(
    landing: Landing,
    stated: tuple[int, int, str],
    error: type[LedgerlakeError] | None,
    said: str,
) -> None:
    listed = file_list("manifest.json", rows="rows", size="bytes", digest="sha")
    source = files(FOLDER, format="csv", manifest=listed)
    landing.deliver("a.csv", TEXT)
    landing.deliver("manifest.json", LISTED % stated)
    if error is None:
        with landing.load(source, ONE) as loaded:
            assert loaded.rows == {DAY: 2}
            assert loaded.left == ()
    else:
        with pytest.raises(error, match=said):
            landing.load(source, ONE)


def test_a_list_may_be_csv_and_name_paths(landing: Landing) -> None:
    listed = file_list("files_*.csv", name="file", rows="n")
    source = files(FOLDER, format="csv", pattern="data_*.csv", manifest=listed)
    landing.deliver("data_1.csv", TEXT)
    landing.deliver("files_1.csv", "file,n\nout/data_1.csv,2\n")
    with landing.load(source, ONE) as loaded:
        assert loaded.rows == {DAY: 2}
    landing.deliver("files_1.csv", "file,n\nout/data_1.csv,2\nout/data_2.csv,5\n")
    with pytest.raises(InputMissing, match=r"names out/data_2\.csv, which is not there"):
        landing.load(source, ONE)


def test_checksums_may_lie_beside_each_file(landing: Landing) -> None:
    source = files(FOLDER, format="csv", manifest=checksums("{name}.md5", algorithm="md5"))
    landing.deliver("a.csv", TEXT)
    with pytest.raises(InputMissing, match=r"holds no \{name\}\.md5"):
        landing.load(source, ONE)
    landing.deliver("a.csv.md5", hashlib.md5(TEXT.encode()).hexdigest().upper() + " *a.csv\n")
    with landing.load(source, ONE) as loaded:
        assert loaded.rows == {DAY: 2}
    landing.deliver("a.csv", TEXT.replace("2", "3"))
    with pytest.raises(SourceError, match=r"a\.csv has the md5"):
        landing.load(source, ONE)
