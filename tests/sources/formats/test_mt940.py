"""MT940: one row an entry, with the sign of its mark; balances say whether a file is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, strategies as st

from resources.errors import SettingsError, SourceError
from resources.sources.declaration.files import files
from resources.sources.formats.bank.mt940 import mt940
from tests.sources.conftest import DAY, FOLDER, Landing, values
from tests.sources.test_round_trip import MANY

SOURCE = files(FOLDER, format=mt940())
TEXTS = ("account", "statement", "currency", "mark", "type", "owner_ref", "bank_ref", "info")
COLUMNS = {
    **dict.fromkeys(TEXTS, "VARCHAR?"),
    "supplementary": "VARCHAR?",
    "value_date": "DATE",
    "entry_date": "DATE?",
    "amount": "DECIMAL(18,2)",
}


def balance(kind: str, amount: Decimal | str, day: str = "260105") -> str:
    signed = Decimal(amount)
    mark = "D" if signed < 0 else "C"
    return f":{kind}:{mark}{day}EUR{abs(signed)}".replace(".", ",") + (
        "" if "." in f"{signed}" else ","
    )


def page(
    entries: Sequence[str],
    opening: str,
    closing: str,
    number: str = "7/1",
    account: str = "1000/77",
    enveloped: bool = False,
) -> str:
    lines = [
        ":20:REF",
        f":25:{account}",
        f":28C:{number}",
        opening,
        *entries,
        closing,
    ]
    if not enveloped:
        return "\r\n".join([*lines, "-", ""])
    header = "{1:F01BANKDEFFAXXX0000000000}{2:I940CUSTDEFFXXXXN}{3:{108:MUR}}{4:"
    return "\r\n".join([header, *lines, "-}{5:{CHK:123456789ABC}}", ""])


def load(landing: Landing, content: str | bytes, name: str = "a.sta") -> Any:
    landing.deliver(name, content)
    return landing.load(SOURCE, COLUMNS)


ENTRIES = (
    ":61:2512310102CR1250,5NTRFINV-7//B1",
    "/OCMT/EUR1250,5/",
    ":86:166?00CREDIT?20INV-7 for a de",
    "sk, two chairs",
    ":61:260102D89,NCHG",
    ":61:2602280102RC0,25NRTIa long reference of the customer//a long reference of the bank itself",
    ":86:returned",
    ":61:260103    RD10,NTRFNONREF",
)
TOTAL = Decimal("1250.50") - 89 - Decimal("0.25") + 10


@pytest.mark.parametrize("enveloped", [False, True])
def test_entries_have_the_sign_of_their_mark(landing: Landing, enveloped: bool) -> None:
    opening, closing = balance("60F", "-100.00"), balance("62F", TOTAL - 100)
    more = ":64:C260105EUR1,\r\n:86:about the statement"
    content = page(ENTRIES, opening, f"{closing}\r\n{more}", enveloped=enveloped)
    with load(landing, content) as loaded:
        rows = landing.accepted(loaded)
        assert values(rows, "mark", "amount", "value_date", "entry_date") == [
            ("C", Decimal("1250.50"), date(2025, 12, 31), date(2026, 1, 2)),
            ("D", Decimal("-89.00"), date(2026, 1, 2), None),
            ("RC", Decimal("-0.25"), date(2026, 2, 28), date(2026, 1, 2)),
            ("RD", Decimal("10.00"), date(2026, 1, 3), None),
        ]
        assert values(rows, "type", "owner_ref", "bank_ref", "supplementary", "info") == [
            (
                "NTRF",
                "INV-7",
                "B1",
                "/OCMT/EUR1250,5/",
                "166?00CREDIT?20INV-7 for a desk, two chairs",
            ),
            ("NCHG", None, None, None, None),
            (
                "NRTI",
                "a long reference of the customer",
                "a long reference of the bank itself",
                None,
                "returned",
            ),
            ("NTRF", "NONREF", None, None, None),
        ]
        assert values(rows, "account", "statement", "currency") == [("1000/77", "7", "EUR")] * 4
        first = 6 if enveloped else 5
        assert [row["source_line"] for row in rows] == [first, first + 4, first + 5, first + 7]


@pytest.mark.parametrize(
    ("value", "entry", "expected"),
    [
        ("251231", "0102", date(2026, 1, 2)),
        ("260102", "1231", date(2025, 12, 31)),
        ("260630", "0701", date(2026, 7, 1)),
        ("240301", "0229", date(2024, 2, 29)),
        ("250301", "0229", date(2024, 2, 29)),
    ],
)
def test_entry_dates_get_the_year_nearest_to_the_value_date(
    landing: Landing, value: str, entry: str, expected: date
) -> None:
    entries = [f":61:{value}{entry}C1,NTRFX"]
    with load(landing, page(entries, balance("60F", "0"), balance("62F", "1"))) as loaded:
        assert landing.accepted(loaded)[0]["entry_date"] == expected


def test_a_date_that_is_none_is_the_rows_fault(landing: Landing) -> None:
    entries = [":61:2602300303C1,NTRFX", ":61:260228C1,NTRFY", ":61:260228   1302C1,NTRFZ"]
    entries[2] = ":61:2602281302C1,NTRFZ"
    with load(landing, page(entries, balance("60F", "0"), balance("62F", "3"))) as loaded:
        assert values(landing.accepted(loaded), "owner_ref") == [("Y",)]
        assert [row["reason"] for row in landing.refused(loaded)] == [
            "value_date: '2026-02-30' is no DATE; entry_date: '0303' is no DATE",
            "entry_date: '1302' is no DATE",
        ]


def pages(*numbers: str) -> list[str]:
    """Pages of one statement: 0 to 1, 1 to 2, ..., each with one entry."""
    made: list[str] = []
    for at, number in enumerate(numbers):
        opening = balance("60F" if at == 0 else "60M", str(at))
        closing = balance("62F" if at == len(numbers) - 1 else "62M", str(at + 1))
        made.append(page([f":61:260105C1,NTRFP{at}"], opening, closing, number))
    return made


def test_pages_of_a_statement_and_several_statements(landing: Landing) -> None:
    first, second, third = pages("7/1", "7/2", "7/3")
    other = page([], balance("60F", "5"), balance("62F", "5"), "7/1", account="2000/88")
    unnumbered = page([":61:260105C2,NTRFQ"], balance("60F", "0"), balance("62F", "2"), "0", "9")
    again = page([":61:260105C3,NTRFR"], balance("60F", "2"), balance("62F", "5"), "0", "9")
    with load(landing, third + first + other + second + unnumbered + again) as loaded:
        assert values(landing.accepted(loaded), "owner_ref", "amount") == [
            ("P2", 1),
            ("P0", 1),
            ("P1", 1),
            ("Q", 2),
            ("R", 3),
        ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("".join(pages("7/1", "7/2", "7/3")[:2]), "the last page of statement 7 of 1000/77 is m"),
        ("".join(pages("7/1", "7/2", "7/3")[1:]), "the first page of statement 7 of 1000/77 is"),
        ("".join(pages("7/1", "7/2", "7/3")[::2]), "pages 1 and 3 of statement 7 of 1000/77 do"),
        ("".join(pages("7/1", "7/2") + pages("7/1", "7/2")[1:]), "pages 2 and 2"),
        (pages("7/1")[0] * 2, "statement 7 is there twice"),
        (
            "".join(pages("7/1", "7/2")).replace(":60M:C260105", ":60M:C260106"),
            "page 2 of statement 7 of 1000/77 begins with C260106EUR1,",
        ),
        (
            page([":61:260105C1,5NTRFX"], balance("60F", "0"), balance("62F", "1")),
            r"does not tie: opening C260105EUR0,, entries 1.5, closing C260105EUR1,",
        ),
        (
            page([], balance("60F", "1"), balance("62F", "1").replace("EUR", "CHF")),
            "does not tie",
        ),
        (page([], balance("60F", "1"), ""), "field 62F or 62M is missing in a message"),
        (page([], "", balance("62F", "1")), "field 60F or 60M is missing in a message"),
        (pages("7/1")[0].replace(":25:1000/77\r\n", ""), "field 25 is missing in a message"),
        (pages("7/1")[0].replace(":28C:7/1", ":28C:x"), "'x' is no statement number"),
        (pages("7/1")[0].replace(":61:", ":66:"), "field 66 is out of its place"),
        (pages("7/1")[0].replace("C1,N", "C1.N"), "'260105C1.NTRFP0' is no entry"),
        (pages("7/1")[0].replace("C1,N", "X1,N"), "is no entry"),
        (pages("7/1")[0].replace("C1,N", "c1,N"), "is no entry"),
        (pages("7/1")[0].replace("C1,NTRF", "C1,"), "is no entry"),
        (pages("7/1")[0].replace("EUR1,", "EUR1"), "'C260105EUR1' is no balance"),
        (pages("7/1")[0].replace(":25:1000/", ":25:1000/\r\n"), "field 25 goes on in another line"),
        (pages("7/1")[0].replace("7/1", "7\n/1"), "field 28C goes on in another line"),
        (pages("7/1")[0].replace("EUR0,", "EUR\r0,"), "field 60F goes on in another line"),
        (pages("7/1")[0].replace("EUR1,", "EUR1\n,"), "field 62F goes on in another line"),
        (pages("7/1")[0] + "x\r\n", "'x' is in no field"),
        (page([":86:x"], balance("60F", "1"), balance("62F", "1")), "field 86 before any entry"),
        (
            page([ENTRIES[4], ":86:x", ":86:y"], balance("60F", "89"), balance("62F", "0")),
            "a second field 86 of one entry",
        ),
        (
            page([], balance("60F", "1"), balance("62F", "1"), enveloped=True).split("-}")[0],
            "the last message has no end",
        ),
        ("", "there is no statement in it"),
        ("order_no,amount\r\na,1\r\n", "'order_no,amount' is in no field"),
    ],
)
def test_what_is_not_whole_is_refused(landing: Landing, content: str, message: str) -> None:
    with pytest.raises(SourceError, match=f"is not a complete MT940 file: .*{message}"):
        load(landing, content)


WHOLE = page(ENTRIES, balance("60F", "0"), balance("62F", TOTAL), enveloped=True)


def test_a_file_that_is_cut_anywhere_is_refused(landing: Landing) -> None:
    for length in range(0, WHOLE.index("-}{5"), 7):
        with pytest.raises(SourceError, match="is not a complete MT940 file"):
            load(landing, WHOLE[:length])


def test_encodings_and_line_ends(landing: Landing) -> None:
    content = page([":61:260105C1,NTRFX", ":86:Größe"], balance("60F", "0"), balance("62F", "1"))
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        for end in ("\r\n", "\n"):
            landing.deliver("a.sta", content.replace("\r\n", end).encode(encoding))
            declared = "utf-8" if encoding == "utf-8-sig" else encoding
            source = files(FOLDER, format=mt940(), encoding=declared)
            with landing.load(source, COLUMNS) as loaded:
                assert values(landing.accepted(loaded), "info") == [("Größe",)]


def test_arguments_that_mean_nothing_are_refused() -> None:
    with pytest.raises(SettingsError, match="preamble_lines means nothing for MT940 files"):
        files(FOLDER, format=mt940(), preamble_lines=1)


marks = {"C": 1, "D": -1, "RC": -1, "RD": 1}
entries_drawn = st.lists(
    st.tuples(
        st.sampled_from(sorted(marks)),
        st.integers(0, 10**9),
        st.dates(date(2000, 1, 1), date(2099, 12, 31)),
        st.integers(-150, 150),
        st.text("abcXYZ0189 -.:?", max_size=30).map(str.strip),
    ),
    max_size=15,
)


@MANY
@given(entries=entries_drawn, opening=st.integers(-(10**9), 10**9), split=st.integers(0, 15))
def test_whatever_a_bank_writes_comes_back_equal(
    landing: Landing, entries: list[Any], opening: int, split: int
) -> None:
    def written(mark: str, cents: int, value: date, days: int, text: str) -> list[str]:
        entry = date.fromordinal(value.toordinal() + days)
        amount = f"{Decimal(cents).scaleb(-2)}".replace(".", ",")
        line = f":61:{value:%y%m%d}{entry:%m%d}{mark}{amount}NTRFREF"
        return [line, f":86:{text}"] if text else [line]

    total = opening + sum(marks[mark] * cents for mark, cents, *_ in entries)
    middle = opening + sum(marks[mark] * cents for mark, cents, *_ in entries[:split])
    money = [f"{Decimal(each).scaleb(-2)}" for each in (opening, middle, total)]
    lines = [written(*each) for each in entries]
    content = page(
        list(chain(*lines[:split])), balance("60F", money[0]), balance("62M", money[1])
    ) + page(list(chain(*lines[split:])), balance("60M", money[1]), balance("62F", money[2]), "7/2")
    with load(landing, content) as loaded:
        assert values(
            landing.accepted(loaded), "mark", "amount", "value_date", "entry_date", "info"
        ) == [
            (
                mark,
                marks[mark] * Decimal(cents).scaleb(-2),
                value,
                date.fromordinal(value.toordinal() + days),
                text or None,
            )
            for mark, cents, value, days, text in entries
        ]
        assert loaded.rejected == {DAY: 0}
