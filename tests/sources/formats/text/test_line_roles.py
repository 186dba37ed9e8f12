"""Lines are told apart by what they hold: rows between others, records, totals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from resources.errors import SourceError
from resources.sources.declaration.column_origins import line_field, position
from resources.sources.declaration.files import files
from resources.sources.declaration.layout import (
    field_matches,
    has_value,
    layout,
    matches,
    starts_with,
    total,
)
from resources.sources.declaration.numbers import number
from tests.sources.conftest import FOLDER, SALES, Landing, accepted, values

LISTED = layout(
    header=starts_with("|No"),
    edge_delimiters=True,
    rows=field_matches("No", r"\d+"),
    ignored=[starts_with("|No"), starts_with("---"), starts_with("page ")],
    totals=[
        total(r"\|\* +\|(?P<paid>[^|]*)\|", scope="section"),
        total(r"\|\*\* +\|(?P<paid>[^|]*)\|"),
    ],
)
LIST = """page 1
------------------
|No   |Paid     |
------------------
|0017 | 1.250,00-|
|0018 |     0,50 |
------------------
|*    | 1.249,50-|
page 2
|No   |Paid     |
|0020 |     7,00 |
|*    |     7,00 |
|**   | 1.242,50-|
------------------
"""
LIST_SOURCE = files(
    FOLDER,
    format="csv",
    delimiter="|",
    quote="",
    trim=True,
    layout=LISTED,
    numbers=number(decimal_mark=",", thousands=".", negative="trailing"),
    columns={"sale_no": "No", "paid": "Paid"},
    tolerance=1,
)


def test_a_printed_list_has_rows_between_its_lines(landing: Landing) -> None:
    landing.deliver("a.txt", LIST)
    assert accepted(landing, LIST_SOURCE, SALES, "sale_no", "paid", "source_line") == [
        ("0017", Decimal("-1250.00"), 5),
        ("0018", Decimal("0.50"), 6),
        ("0020", Decimal("7.00"), 11),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0,50 |", "0,60 |", "line 8: the file states 1.249,50- as paid, and there are -1249.40"),
        ("|0020 |     7,00 |\n", "", "line 11: the file states 7,00 as paid, and there are 0"),
        ("|**   | 1.242,50-|\n", "", "is truncated: no line states the totals"),
        ("page 2\n", "page 2\n|0019 | 1,00 |\n", "line 13: the file states 7,00"),
        ("|**   | 1.242,50-|", "|**   | 1.242,51-|", "states 1.242,51- as paid, and there are"),
        ("|**   |", "|0021 |     1,00 |\n|**   |", "no line of totals"),
        ("|*    | 1.249,50-|", "|*    | many |", "states many as paid"),
    ],
)
def test_totals_that_do_not_agree_refuse_the_file_whole(
    landing: Landing, old: str, new: str, said: str
) -> None:
    assert old in LIST
    landing.deliver("a.txt", LIST.replace(old, new))
    with pytest.raises(SourceError, match="Next step") as raised:
        landing.load(LIST_SOURCE, SALES)
    assert said in str(raised.value)


def test_a_line_that_the_layout_does_not_know_is_no_row_and_is_not_dropped(
    landing: Landing,
) -> None:
    landing.deliver("a.csv", "id,paid\n1,1.00\n,9.99\nx,3.00\nTotal for 1,1.00\n")
    rule = layout(rows=field_matches("id", r"\d+"), ignored=[starts_with("Total")])
    source = files(FOLDER, format="csv", layout=rule, columns={"sale_no": "id"})
    with landing.load(source, SALES) as loaded:
        assert values(landing.accepted(loaded), "sale_no") == [("1",)]
        assert [row["source_line"] for row in landing.refused(loaded)] == [3, 4]
    rest = layout(rows=has_value("id"), ignored=[matches(".*")])
    source = files(FOLDER, format="csv", layout=rest, columns={"sale_no": "id"})
    assert accepted(landing, source, SALES, "sale_no")[1:] == [("x",), ("Total for 1",)]
    # What is broken is not what is ignored.
    landing.deliver("a.csv", 'id,paid\n1,1.00\n"2"x,2.00\n')
    with landing.load(source, SALES) as loaded:
        assert values(landing.refused(loaded), "source_line", "reason") == [(3, "broken quoting")]


RECORDS = files(
    FOLDER,
    format="csv",
    delimiter="|",
    quote="",
    date_formats=["%Y%m%d"],
    layout=layout(
        header=None,
        rows=starts_with("D|"),
        ignored=[starts_with("A|")],
        totals=[total(r"T\|(?P<count>\d+)\|(?P<paid>.*)")],
    ),
    columns={
        "sale_no": position(2),
        "paid": position(3),
        "day": line_field("H|", 2),
        "batch": line_field("H|", 3),
    },
    tolerance=1,
)
RECORD_COLUMNS = {**SALES, "day": "DATE", "batch": "VARCHAR"}


def test_records_of_several_kinds(landing: Landing) -> None:
    landing.deliver(
        "a.txt", "H|20260105|007\nD|a|1.50\nA|a|more\nH|20260106|008\nD|b|-0.50\nT|2|1.00\n"
    )
    assert accepted(landing, RECORDS, RECORD_COLUMNS, *RECORD_COLUMNS, "source_line") == [
        ("a", Decimal("1.50"), date(2026, 1, 5), "007", 2),
        ("b", Decimal("-0.50"), date(2026, 1, 6), "008", 5),
    ]
    landing.deliver("a.txt", "D|a|1.50\nH|20260105|007\nX|b|2.00\nD|c|x\nD|d|3.00\nT|4|3.00\n")
    with landing.load(RECORDS, RECORD_COLUMNS) as loaded:
        reasons = {row["source_line"]: row["reason"] for row in landing.refused(loaded)}
        assert values(landing.accepted(loaded), "sale_no") == [("d",)]
    assert reasons[1] == "no line that starts with 'H|' stands above it"
    assert reasons[3] == "no line that the layout declares"
    assert reasons[4] == "paid: 'x' is no DECIMAL(18,2)"


@pytest.mark.parametrize(
    ("closing", "said"),
    [
        ("T|2|1.00\n", "states 2 rows, and there are 1 rows"),
        ("T|1|1.05\n", "states 1.05 as paid, and there are 1.50 in its rows"),
        ("T|1|\n", "states  as paid"),
        ("", "is truncated: no line states the totals"),
    ],
)
def test_a_trailer_record_that_does_not_agree(landing: Landing, closing: str, said: str) -> None:
    landing.deliver("a.txt", f"H|20260105|007\nD|a|1.50\n{closing}")
    with pytest.raises(SourceError) as raised:
        landing.load(RECORDS, RECORD_COLUMNS)
    assert said in str(raised.value)


def test_totals_of_some_of_the_rows(landing: Landing) -> None:
    """Also where the engine's own parser reads the rows."""
    source = files(
        FOLDER,
        format="csv",
        layout=layout(
            end=starts_with("#"),
            totals=[
                total(r"#in: (?P<count>\d+) rows, (?P<paid>.*)", rows="positive"),
                total(r"#out: (?P<count>\d+) rows, (?P<paid>.*)", rows="negative", unsigned=True),
            ],
        ),
    )
    body = "sale_no,paid\na,2.00\nb,-0.75\nc,0.00\nd,1.00\n"
    landing.deliver("a.csv", body + "#in: 2 rows, 3.00\n#out: 1 rows, 0.75\n#note\n")
    assert len(accepted(landing, source, SALES, "sale_no")) == 4
    landing.deliver("a.csv", body + "#in: 2 rows, 3.00\n#out: 2 rows, 0.75\n")
    with pytest.raises(SourceError, match="states 2 rows, and there are 1 rows"):
        landing.load(source, SALES)
