"""Lines are told apart by what they hold: headers, rows, closing lines, records, totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from resources.errors import InputMissing, SettingsError, SourceError
from resources.sources.declaration.column_origins import characters, joined, line_field, position
from resources.sources.declaration.files import files
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.layout import (
    contains,
    field_matches,
    has_value,
    layout,
    matches,
    starts_with,
    total,
)
from resources.sources.declaration.numbers import number, sign_from
from tests.sources.conftest import DAY, FOLDER, Landing, values

MONEY = "DECIMAL(18,2)"
SALES = {"sale_no": "VARCHAR", "paid": MONEY}


def accepted(landing: Landing, source: FilesSource, columns: Any, *names: str) -> list[Any]:
    with landing.load(source, columns) as loaded:
        assert landing.refused(loaded) == []
        return values(landing.accepted(loaded), *names)


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
        (BODY, "is cut: below its rows there is not a line that starts with '#'"),
        (BODY + "#x\n", "is cut: there is not a line that holds 'end of list'"),
        ("sale_no,paid\n", "is cut"),
        (BODY + "# end of list\nc,3.00\n", "line 5: what looks like a row stands below the end"),
        (BODY + "# end of list", "is cut in its last line, 4"),
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
    with pytest.raises(SourceError, match=r"is cut in its last line, 3.*\n.*final_line_end=False"):
        landing.load(source, SALES)


def test_a_last_line_without_line_end_is_one_where_that_is_declared(landing: Landing) -> None:
    landing.deliver("a.csv", "sale_no,paid\na,1.00\nb,2.00")
    source = files(FOLDER, format="csv", final_line_end=False)
    assert accepted(landing, source, SALES, "sale_no") == [("a",), ("b",)]
    landing.deliver("a.csv", "sale_no,pa")
    with pytest.raises(SourceError, match="is cut in its last line, 1"):
        landing.load(files(FOLDER, format="csv"), {"sale_no": "VARCHAR", "paid": f"{MONEY}?"})


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
        ("|**   | 1.242,50-|\n", "", "is cut: no line states the totals"),
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
        ("", "is cut: no line states the totals"),
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


FIXED = files(
    FOLDER,
    format="fixed_width",
    encoding="latin-1",
    trim=True,
    numbers=number(implied_decimals=2, sign=sign_from(characters(18), {"C": "+", "D": "-"})),
    layout=layout(
        header=None,
        rows=starts_with("D"),
        ignored=[starts_with("H")],
        totals=[
            total(r"T(?P<count>\d{3})\d{6}"),
            total(r"T\d{3}(?P<paid>\d{6})", rows="negative", unsigned=True),
        ],
    ),
    columns={
        "sale_no": characters(2, 5),
        "name": characters(6, 11),
        "paid": characters(12, 17),
        "note": characters(19, 24),
    },
    tolerance=1,
)
FIXED_COLUMNS = {"sale_no": "VARCHAR", "name": "VARCHAR", "paid": MONEY, "note": "VARCHAR?"}


def test_lines_of_fixed_width(landing: Landing) -> None:
    lines = [
        "H first",
        "D0001Müller001250Cgut",
        "D0002Ärzte 000099D",
        "D0003      0001",
        "T003000099",
    ]
    landing.deliver("a.dat", "\n".join(lines).encode("latin-1") + b"\n")
    with landing.load(FIXED, FIXED_COLUMNS) as loaded:
        assert values(landing.accepted(loaded), *FIXED_COLUMNS, "source_line") == [
            ("0001", "Müller", Decimal("12.50"), "gut", 2),
            ("0002", "Ärzte", Decimal("-0.99"), None, 3),
        ]
        refused = landing.refused(loaded)
    assert values(refused, "source_line", "raw") == [(4, "D0003      0001")]
    assert "the line ends within characters 12 to 17" in refused[0]["reason"]


def test_lines_of_fixed_width_below_a_header(landing: Landing) -> None:
    source = files(
        FOLDER,
        format="fixed_width",
        layout=layout(header=starts_with("No")),
        columns={"sale_no": characters(1, 3), "paid": characters(5, 8)},
    )
    landing.deliver("a.dat", "list\n\nNo  Paid\n001 1.50\n")
    assert accepted(landing, source, SALES, "sale_no", "paid") == [("001", Decimal("1.50"))]
    landing.deliver("a.dat", "list\n001 1.50\n")
    with pytest.raises(SourceError, match="has no header: a line that starts with 'No'"):
        landing.load(source, SALES)


def test_an_instant_stands_in_several_fields(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        "Date,Time,Zone\n11/01/2026,01:30:00,EDT\n11/01/2026,01:30:00,EST\n11/01/2026,01:30:00,CET\n"
        "11/01/2026,,EST\n,,\n11/31/2026,01:30:00,EST\n11/01/2026,25:30:00,EST\n",
    )
    source = files(
        FOLDER,
        format="csv",
        columns={"at": joined("Date", "Time", "Zone")},
        timestamp_formats=["%m/%d/%Y %H:%M:%S %Z"],
        zone_offsets={"EDT": "-04:00", "EST": "-05:00"},
    )
    with landing.load(source, {"at": "TIMESTAMP WITH TIME ZONE"}) as loaded:
        assert values(landing.accepted(loaded), "at") == [
            (datetime(2026, 11, 1, 5, 30, tzinfo=UTC),),
            (datetime(2026, 11, 1, 6, 30, tzinfo=UTC),),
        ]
        assert [row["source_line"] for row in landing.refused(loaded)] == [4, 5, 7, 8]
        assert "'11/01/2026 01:30:00 CET'" in landing.refused(loaded)[0]["reason"]


def test_instants_as_numbers_since_1970(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        "s,ms\n1767578400,1767578400250\n1767578400.5,1767578400000\n1767578400000,1767578400000\n"
        "1767578400,1767578400\n0,0\n-1767578400,1767578400000\n1767578400.1234567,1767578400000\n",
    )
    source = files(FOLDER, format="csv", epochs={"s": "seconds", "ms": "milliseconds"})
    columns = {"s": "TIMESTAMP WITH TIME ZONE", "ms": "TIMESTAMP WITH TIME ZONE"}
    with landing.load(source, columns) as loaded:
        ten = datetime(2026, 1, 5, 2, tzinfo=UTC)
        assert values(landing.accepted(loaded), "s", "ms") == [
            (ten, ten.replace(microsecond=250_000)),
            (ten.replace(microsecond=500_000), ten),
        ]
        # Of another unit, or with more digits than are kept.
        assert [row["source_line"] for row in landing.refused(loaded)] == [4, 5, 6, 7, 8]


@pytest.mark.parametrize("field", ["short", "broken"])
def test_a_quoted_text_of_megabytes_is_one_refused_row(landing: Landing, field: str) -> None:
    text = ("x" * 50 + "\n") * 60_000
    last = '"' if field == "short" else '"y'
    landing.deliver("a.csv", f'sale_no,paid\na,1.00\n"{text}{last},2.00\nb,3.00\n')
    with landing.load(files(FOLDER, format="csv"), {**SALES, "paid": f"{MONEY}?"}) as loaded:
        refused = loaded.rejected[DAY]
        found = values(landing.accepted(loaded), "sale_no", "source_line")
        first = landing.rows(
            f"SELECT * FROM ({loaded.quarantine_sql}) ORDER BY source_line LIMIT 1"
        )
    assert found[0] == ("a", 2) and found[-1] == ("b", 60_004)
    assert len(first[0]["raw"]) <= 10_000
    if field == "short":
        assert refused == 1 and "a record of more than" in first[0]["reason"]
    else:
        # A quote that does not close where it should costs its own line; the others are told apart.
        assert first[0]["reason"] == "broken quoting"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: starts_with(""), "no text"),
        (lambda: matches("("), "no regular expression"),
        (lambda: total("T.*"), "states nothing"),
        (lambda: total("(?P<a>.)(?P<b>.)", rows="negative"), "with 2 columns"),
        (lambda: total("(?P<a>.)", scope="page"), "scope='page'"),
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
        (lambda: files("a/b", format="csv", epochs={"a": "days"}), "the unit 'days'"),
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
