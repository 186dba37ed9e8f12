"""What a sheet states of its rows is compared with them, as in files of text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from resources.errors import SettingsError, SourceError
from resources.sources.declaration.files import files
from resources.sources.declaration.layout import total
from resources.sources.declaration.numbers import number as number_declared
from resources.sources.formats.xlsx.xlsx import xlsx
from tests.sources.conftest import FOLDER, Landing, values
from tests.sources.formats.workbooks import number, row, text, workbook

COLUMNS = {"order_no": "VARCHAR", "amount": "DECIMAL(18,2)?"}
ROWS = [
    row(3, text("order_no"), text("amount")),
    row(4, text("a"), number("0.1")),
    row(5, text("b"), number("0.2")),
    row(6, text("c"), text("¥1.234,50")),
]
IN_TEXT = total(r"(?P<count>\d+) rows\t¥(?P<amount>.*)")
IN_CELLS = total(r"Total\t(?P<amount>[^\t]*)(\t(?P<count>\d*))?")


def load(landing: Landing, rows: list[str], *totals: object, **declared: object) -> list[Decimal]:
    landing.deliver("a.xlsx", workbook(rows))
    source = files(
        FOLDER,
        format=xlsx(header="order_no", totals=totals, **declared),  # type: ignore[arg-type]
        numbers=number_declared(decimal_mark=",", thousands=".", symbols=["¥"]),
    )
    rows_found = landing.take(landing.load(source, COLUMNS))
    return [amount for (amount,) in values(rows_found, "amount")]


AMOUNTS = [Decimal("0.10"), Decimal("0.20"), Decimal("1234.50")]


@pytest.mark.parametrize(
    "rows",
    [
        # Above the header, below the rows, as text, as the number of a formula, with its noise.
        [row(1, text("3 rows"), text("¥1.234,80")), *ROWS],
        [*ROWS, row(9, text("3 rows"), text("¥1234,80"))],
    ],
)
def test_totals_in_texts(landing: Landing, rows: list[str]) -> None:
    assert load(landing, rows, IN_TEXT) == AMOUNTS


@pytest.mark.parametrize("sum_", ["1234.8", "1234.8000000000002", "1.2348E3"])
@pytest.mark.parametrize("ends_at", ["", "Total"])
def test_totals_in_cells(landing: Landing, sum_: str, ends_at: str) -> None:
    rows = [*ROWS, row(7, text("Total"), number(sum_), number("3"))]
    assert load(landing, rows, IN_CELLS, ends_at=ends_at) == AMOUNTS


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([*ROWS, row(7, text("Total"), number("1234.79"))], r"line 7: .* 1234.79 as amount, and"),
        ([*ROWS, row(7, text("Total"), text("1.234,79"))], r"line 7: .* 1.234,79 as amount, and"),
        ([*ROWS, row(7, text("Total"), text("1,234.80"))], r"line 7: .* 1,234.80 as amount, and"),
        ([*ROWS, row(7, text("Total"), number("1234.8"), number("4"))], "states 4 rows, and there"),
        ([*ROWS[:-1], row(7, text("Total"), number("1234.8"))], "there are 0.30 in its rows"),
        (ROWS, "is truncated: no line states the totals"),
        ([*ROWS, row(7, text("Total"), number("x"))], "as amount, and there are 1234.80"),
    ],
)
def test_what_does_not_agree_refuses_the_workbook(
    landing: Landing, rows: list[str], said: str
) -> None:
    with pytest.raises(SourceError, match=rf"a\.xlsx.*{said}"):
        load(landing, rows, IN_CELLS)


def test_subtotals_are_about_the_rows_above_them(landing: Landing) -> None:
    section = total(r"Sub\t(?P<amount>.*)", scope="section")
    rows = [
        *ROWS[:2],
        row(5, text("Sub"), number("0.1")),
        row(6, text("b"), number("7")),
        row(7, text("c"), number("-2")),
        row(8, text("Sub"), number("5")),
    ]
    assert load(landing, rows, section) == [Decimal("0.10"), Decimal(7), Decimal(-2)]
    with pytest.raises(SourceError, match=r"line 8: the file states 6 as amount"):
        load(landing, [*rows[:-1], row(8, text("Sub"), number("6"))], section)


def test_a_refused_row_is_missing_in_the_total(landing: Landing) -> None:
    rows = [*ROWS, row(7, text("d"), text("x")), row(8, text("Total"), number("1234.8"))]
    landing.deliver("a.xlsx", workbook(rows))
    source = files(FOLDER, format=xlsx(header="order_no", totals=[IN_CELLS]), tolerance=1)
    with pytest.raises(SourceError, match=r"and there are 0\.30 in its rows"):
        landing.load(source, COLUMNS)


def test_one_total_is_a_sequence_of_one() -> None:
    with pytest.raises(SettingsError, match=r"Write totals=\(\.\.\.,\)"):
        xlsx(totals=IN_TEXT)  # type: ignore[arg-type]
