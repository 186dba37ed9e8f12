"""Headers and closing lines are told by what they hold; mistakes of a layout are named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from resources.errors import InputMissing, SettingsError, SourceError
from resources.sources.declaration.column_origins import characters, joined, position
from resources.sources.declaration.files import files
from resources.sources.declaration.layout import (
    contains,
    layout,
    matches,
    starts_with,
    total,
)
from tests.sources.conftest import DAY, FOLDER, MONEY, SALES, Landing, accepted, values


def test_a_header_is_found_by_how_it_begins(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        'Report;"made by\nFrom;1 Jan\n\nNo;Paid;Currency;Currency\n'
        "s1;1.00;EUR;USD\nNo;Paid;Currency;Currency\ns2;2.00;GBP;JPY\n",
    )
    source = files(
        FOLDER,
        format="csv",
        delimiter=";",
        layout=layout(header=starts_with("No;")),
        columns={
            "sale_no": "No", "paid": "Paid",
            "paid_in": position(3, "Currency"), "settled_in": position(4, "Currency"),
        },
    )  # fmt: skip
    columns = {**SALES, "paid_in": "VARCHAR", "settled_in": "VARCHAR"}
    with landing.load(source, columns) as loaded:
        rows = values(landing.accepted(loaded), "sale_no", "paid_in", "settled_in", "source_line")
        assert rows == [("s1", "EUR", "USD", 5), ("s2", "GBP", "JPY", 7)]
        again = values(landing.refused(loaded), "source_line", "reason")
        assert again == [(6, "the header again")]
    known = replace(source, layout=layout(header=starts_with("No;"), ignored=[starts_with("No;")]))
    assert len(accepted(landing, known, columns, "sale_no")) == 2


@pytest.mark.parametrize("embedded", ["", '"x\ny",z\n'])
def test_a_header_that_comes_again_is_no_row_of_names(landing: Landing, embedded: str) -> None:
    landing.deliver("a.csv", f"a,b\n{embedded}1,2\na,b\n")
    with landing.load(files(FOLDER, format="csv"), {"a": "VARCHAR", "b": "VARCHAR"}) as loaded:
        assert values(landing.refused(loaded), "reason") == [("the header again",)]


def test_a_column_that_stands_elsewhere_than_declared_is_an_error(landing: Landing) -> None:
    landing.deliver("a.csv", "sale_no,paid\na,1.00\n")
    moved = files(FOLDER, format="csv", columns={"paid": position(1, "paid")})
    with pytest.raises(SourceError, match=r"field 1 \('paid'\) is declared.*is 'sale_no'"):
        landing.load(moved, SALES)
    beyond = files(FOLDER, format="csv", columns={"paid": position(3)})
    with pytest.raises(SourceError, match="there are 2 fields"):
        landing.load(beyond, SALES)


@pytest.mark.parametrize("first", ["s1,1.00,x\n", "s1,1.00\n", '"s1","1.00",x\n'])
def test_a_file_without_header_has_columns_by_position(landing: Landing, first: str) -> None:
    landing.deliver("a.csv", f"{first}0042,2.50,y\ns3,3.00\ns4,4.00,z,\ns5,5.00,z,w\n")
    source = files(
        FOLDER,
        format="csv",
        layout=layout(header=None),
        columns={"sale_no": position(1), "paid": position(2), "note": position(3)},
    )
    with landing.load(source, {**SALES, "note": "VARCHAR"}) as loaded:
        found = values(landing.accepted(loaded), "sale_no", "source_line")
        refused = values(landing.refused(loaded), "source_line", "reason")
    whole = [("s1", 1)] if first.endswith("x\n") else []
    assert found == [*whole, ("0042", 2), ("s4", 4)]
    short = [] if whole else [(1, "2 fields where 3 are expected")]
    assert refused == [
        *short,
        (3, "2 fields where 3 are expected"),
        (5, "4 fields where 3 are expected"),
    ]


CLOSED = layout(end=starts_with("#"), required=[contains("end of list")])
BODY = "sale_no,paid\na,1.00\nb,2.00\n"


@pytest.mark.parametrize("quoted", ["", '"#q\n#",4.00\n'])
@pytest.mark.parametrize("closing", ["#-- end of list\n", "#x\n\n# end of list, 2 rows\n#y\n#z\n"])
def test_closing_lines_are_told_by_what_they_hold(
    landing: Landing, closing: str, quoted: str
) -> None:
    landing.deliver("a.csv", BODY + quoted + closing)
    source = files(FOLDER, format="csv", layout=CLOSED)
    with landing.load(source, SALES) as loaded:
        found = values(landing.accepted(loaded), "sale_no", "source_line")
        assert found == [("a", 2), ("b", 3), *([("#q\n#", 4)] if quoted else [])]
        assert loaded.blank[DAY] == closing.count("\n\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BODY, "is truncated: a line that starts with '#' is missing below its rows"),
        (BODY + "#x\n", "is truncated: a line that holds 'end of list' is missing"),
        ("sale_no,paid\n", "is truncated"),
        (BODY + "# end of list\nc,3.00\n", "line 5: what looks like a row stands below the end"),
        (BODY + "# end of list", "is truncated in its last line, 4"),
    ],
)
def test_a_file_without_its_closing_lines_is_refused_whole(
    landing: Landing, content: str, said: str
) -> None:
    landing.deliver("a.csv", content)
    source = files(FOLDER, format="csv", layout=CLOSED, tolerance=1)
    with pytest.raises(SourceError, match="Next step") as raised:
        landing.load(source, SALES)
    assert said in str(raised.value)


@pytest.mark.parametrize("cut", range(1, len("b,2345.67\n")))
def test_a_file_that_is_cut_in_its_last_line_is_refused_whole(landing: Landing, cut: int) -> None:
    whole = "sale_no,paid\na,100.00\nb,2345.67\n"
    landing.deliver("a.csv", whole[:-cut])
    source = files(FOLDER, format="csv", tolerance=1)
    with pytest.raises(SourceError, match=r"is truncated in its last line, 3.*\n.*line_end=False"):
        landing.load(source, SALES)


def test_a_last_line_without_line_end_is_one_where_that_is_declared(landing: Landing) -> None:
    landing.deliver("a.csv", "sale_no,paid\na,1.00\nb,2.00")
    source = files(FOLDER, format="csv", final_line_end=False)
    assert accepted(landing, source, SALES, "sale_no") == [("a",), ("b",)]
    landing.deliver("a.csv", "sale_no,pa")
    with pytest.raises(SourceError, match="is truncated in its last line, 1"):
        landing.load(files(FOLDER, format="csv"), {"sale_no": "VARCHAR", "paid": f"{MONEY}?"})


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: starts_with(""), "no text"),
        (lambda: matches("("), "no regular expression"),
        (lambda: total("T.*"), "states nothing"),
        (lambda: total("(?P<a>.)(?P<b>.)", rows="negative"), "with 2 columns"),
        (lambda: total("(?P<a>.)", scope="page"), "scope is 'page'"),
        (lambda: layout(ignored=starts_with("#")), "not a sequence"),
        (lambda: position(0), "from 1"),
        (lambda: characters(5, 4), "no part of a line"),
        (lambda: joined("Date"), "not several"),
        (lambda: files("a/b", format="csv", columns={"a": characters(1, 2)}), "do not have"),
        (lambda: files("a/b", format="jsonl", columns={"a": position(1)}), "do not have"),
        (lambda: files("a/b", format="parquet", columns={"a": position(1)}), "a row of text"),
        (lambda: files("a/b", format="jsonl", layout=layout()), "layout means nothing for jsonl"),
        (lambda: files("a/b", format="csv", zone_offsets={"X": "+15:00"}), "the offset '+15:00'"),
        (
            lambda: files("a/b", format="csv", timestamp_formats=["%Y %j %Z"]),
            "no zone has an offset",
        ),
        (lambda: files("a/b", format="csv", timestamp_formats=["%Q"]), "which is not read"),
        (lambda: files("a/b", format="csv", epochs={"a": "days"}), "epochs of a is 'days'"),
    ],
)
def test_a_mistake_is_named_with_the_way_out(make: Any, said: str) -> None:
    with pytest.raises(SettingsError, match="Next step") as raised:
        make()
    assert said in str(raised.value)


def test_a_total_of_no_column_is_a_mistake(landing: Landing) -> None:
    landing.deliver("a.csv", BODY + "#3.00\n")
    source = files(
        FOLDER, format="csv", layout=layout(end=starts_with("#"), totals=[total("#(?P<net>.*)")])
    )
    with pytest.raises((SettingsError, InputMissing), match="sum of 'net', which is no column"):
        landing.load(source, SALES)
