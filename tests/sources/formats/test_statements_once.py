"""Bank statements of one delivery: none is there twice, in whatever bytes, and each follows on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from resources.errors import SourceError
from resources.lake.model.window import Window
from resources.sources.declaration.files import files
from resources.sources.formats.bank.camt053 import camt053
from resources.sources.formats.bank.mt940 import mt940
from tests.sources.conftest import DAY, FOLDER, Landing, values
from tests.sources.formats.test_camt053 import balance as camt_balance, document, entry, statement
from tests.sources.formats.test_mt940 import balance, page

MT940 = files(FOLDER, format=mt940(), pattern="*")
CAMT053 = files(FOLDER, format=camt053(), pattern="*")
COLUMNS = {"amount": "DECIMAL(18,2)"}


def mt940_of(
    number: str, *steps: int, day: str = "260105", reference: str = "REF", account: str = "1/2"
) -> str:
    """A statement whose balance goes from the first figure to the second, and so on."""
    entries = [
        f":61:{day}{'C' if after >= before else 'D'}{abs(after - before)},NTRFX"
        for before, after in pairwise(steps)
    ]
    opening, closing = (
        balance(kind, str(steps[at]), day) for kind, at in (("60F", 0), ("62F", -1))
    )
    return page(entries, opening, closing, number, account).replace("REF", reference)


def camt_of(id: str, number: str, *steps: int, day: str = "2026-01-05") -> str:  # noqa: A002
    def dated(code: str, amount: int) -> str:
        return camt_balance(code, str(amount)).replace("</Bal>", f"<Dt><Dt>{day}</Dt></Dt></Bal>")

    told = f"<ElctrncSeqNb>{number}</ElctrncSeqNb>" if number else ""
    entries = [entry(str(after - before)) for before, after in pairwise(steps)]
    parts = (told, dated("OPBD", steps[0]), dated("CLBD", steps[-1]), *entries)
    return document(statement(*parts, id=id))


def loaded_sum(landing: Landing, *contents: str) -> Decimal:
    landing.clear()
    for at, content in enumerate(contents):
        landing.deliver(f"f{at}", content)
    source = MT940 if contents[0].startswith(":20:") else CAMT053
    return sum(row["amount"] for row in landing.take(landing.load(source, COLUMNS)))


@pytest.mark.parametrize(
    "contents",
    [
        (mt940_of("7/1", 0, 5), mt940_of("7/1", 0, 5, reference="SENT AGAIN")),
        (mt940_of("7/1", 0, 5), mt940_of("00007", 0, 5)),
        (mt940_of("7/1", 0, 5), mt940_of("7/1", 0, 6)),
        (mt940_of("7/1", 0, 5), mt940_of("7/1", 1, 6)),
        (mt940_of("7/1", 0, 5), mt940_of("9/1", 0, 2, 5)),
        (mt940_of("7/1", 0, 5, 0), mt940_of("7/1", 0, 5, 0, reference="SENT AGAIN")),
        (mt940_of("0", 0, 5), mt940_of("0", 5, 9), mt940_of("0", 0, 5, reference="SENT AGAIN")),
        (mt940_of("7/1", 0, 5) + mt940_of("7/1", 0, 5, reference="SENT AGAIN"),),
        (camt_of("S", "7", 0, 5), camt_of("S", "7", 0, 2, 5)),
        (camt_of("S", "7", 0, 5), camt_of("T", "7", 0, 5)),
        (camt_of("S", "7", 0, 5), camt_of("S", "8", 5, 9), camt_of("S", "7", 0, 4)),
        (camt_of("S", "", 0, 5), camt_of("T", "", 0, 5)),
        (camt_of("S", "", 0, 5), camt_of("S", "", 1, 5, day="2025-12-31")),
    ],
)
def test_a_statement_that_is_there_twice_is_refused(
    landing: Landing, contents: tuple[str, ...]
) -> None:
    with pytest.raises(SourceError, match=r"f\d.*: its entries would count twice"):
        loaded_sum(landing, *contents)


@pytest.mark.parametrize(
    "contents",
    [
        (mt940_of("7/1", 0, 5), mt940_of("8/1", 6, 9)),
        (mt940_of("8/1", 6, 9, day="260106"), mt940_of("7/1", 0, 5)),
        (mt940_of("7/1", 0, 5), mt940_of("8/1", 6), mt940_of("9/1", 6, 9)),
        (camt_of("S", "7", 0, 5), camt_of("T", "8", 6, 9)),
    ],
)
def test_a_statement_that_does_not_follow_the_one_before_is_refused(
    landing: Landing, contents: tuple[str, ...]
) -> None:
    with pytest.raises(SourceError, match=r"statement \S+ of .* begins with 6.* ends with 5"):
        loaded_sum(landing, *contents)


@pytest.mark.parametrize(
    ("contents", "total"),
    [
        ((mt940_of("7/1", 0, 5), mt940_of("8/1", 5, 9)), 9),
        ((mt940_of("8/1", 5, 9, day="260106"), mt940_of("7/1", 0, 5)), 9),
        # A number in between is delivered elsewhere, or another year has begun.
        ((mt940_of("7/1", 0, 5), mt940_of("9/1", 6, 9)), 8),
        ((mt940_of("7/1", 0, 5, day="251231"), mt940_of("8/1", 6, 9)), 8),
        ((mt940_of("7/1", 0, 5, day="251231"), mt940_of("7/1", 6, 9)), 8),
        # Banks that give all their statements one number.
        ((mt940_of("0", 0, 5), mt940_of("0", 5, 9), mt940_of("0", 9, 2)), 2),
        (
            (
                mt940_of("1", 5, 0, day="260106"),
                mt940_of("1", 0, 5),
                mt940_of("1", 0, 5, day="260107"),
            ),
            5,
        ),
        ((mt940_of("7/1", 0, 5), mt940_of("7/1", 0, 5, account="3/4")), 10),
        ((mt940_of("7/1", 5), mt940_of("7/1", 5, reference="SENT AGAIN"), mt940_of("8", 5, 6)), 1),
        ((camt_of("S", "7", 0, 5), camt_of("T", "8", 5, 9)), 9),
        ((camt_of("S", "", 0, 5), camt_of("T", "", 5, 9)), 9),
    ],
)  # fmt: skip
def test_statements_that_follow_each_other_are_all_taken(
    landing: Landing, contents: tuple[str, ...], total: int
) -> None:
    assert loaded_sum(landing, *contents) == total


def test_each_day_is_a_delivery_of_its_own(landing: Landing) -> None:
    following = DAY + timedelta(days=1)
    landing.deliver("a", mt940_of("7/1", 0, 5))
    landing.deliver("b", mt940_of("7/1", 0, 5, reference="SENT AGAIN"), following)
    columns = {
        "account": "VARCHAR",
        "statement": "VARCHAR",
        "statement_date": "DATE",
        "entry": "VARCHAR",
    }
    window = Window(DAY, following + timedelta(days=1))
    rows = landing.take(landing.load(MT940, columns, window))
    assert [row["dt"] for row in rows] == [DAY, following]
    # What tells an entry from all others is the same in both.
    assert set(values(rows, *columns)) == {("1/2", "7", date(2026, 1, 5), "1.1")}


def test_entries_are_numbered_on_their_page(landing: Landing) -> None:
    landing.deliver("a", camt_of("S", "7", 0, 5, 9))
    columns = {"statement": "VARCHAR", "sequence_number": "BIGINT", "entry": "VARCHAR"}
    with landing.load(CAMT053, columns) as loaded:
        assert values(landing.accepted(loaded), *columns) == [("S", 7, "1.1"), ("S", 7, "1.2")]


def test_statements_of_many_files_are_looked_at_together(landing: Landing) -> None:
    contents = [mt940_of(str(at + 1), at, at + 1) for at in range(12)]
    assert loaded_sum(landing, *contents) == 12
    with pytest.raises(SourceError, match=r"f12 and in .*f3: its entries would count twice"):
        loaded_sum(landing, *contents, mt940_of("4", 3, 4, reference="SENT AGAIN"))
