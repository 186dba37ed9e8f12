"""CSV in the dialects it really comes in."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from resources.errors import SourceError
from resources.sources.declaration.files import files
from resources.sources.declaration.layout import layout, starts_with
from tests.sources.conftest import DAY, FOLDER, Landing, values

CSV = files(FOLDER, format="csv")
COLUMNS = {"order_no": "VARCHAR", "user_id": "BIGINT", "amount": "DECIMAL(18,2)?"}


def test_rows_are_typed_and_know_where_they_came_from(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        "order_no,user_id,amount,paid_at\nA1,7,12.50,2026-01-05T10:00:00+08:00\nA2,8,,\n",
    )
    columns = {**COLUMNS, "paid_at": "TIMESTAMP WITH TIME ZONE?"}
    with landing.load(CSV, columns) as loaded:
        assert landing.accepted(loaded) == [
            {
                "order_no": "A1",
                "user_id": 7,
                "amount": Decimal("12.50"),
                "paid_at": datetime(2026, 1, 5, 2, tzinfo=UTC),
                "source_file": f"{FOLDER}/2026-01-05/a.csv",
                "source_line": 2,
                "dt": DAY,
            },
            {
                "order_no": "A2",
                "user_id": 8,
                "amount": None,
                "paid_at": None,
                "source_file": f"{FOLDER}/2026-01-05/a.csv",
                "source_line": 3,
                "dt": DAY,
            },
        ]
        types = landing.rows(f"DESCRIBE {loaded.select_sql}")
        assert values(types, "column_name", "column_type") == [
            *columns_without_marks(columns),
            ("source_file", "VARCHAR"),
            ("source_line", "BIGINT"),
            ("dt", "DATE"),
        ]
        assert loaded.rows == {DAY: 2} and loaded.rejected == {DAY: 0}
        assert [one.rows for one in loaded.delivered] == [2]
        assert landing.refused(loaded) == []
        loaded.check_tolerance()


def columns_without_marks(columns: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, kind.removesuffix("?")) for name, kind in columns.items()]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gbk", "人民币"),
        ("utf-8", "人民币😀"),
        ("utf-8-sig", "人民币"),
        ("latin-1", "Müßig"),
        ("utf-16", "人民币"),
        ("gb18030", "㐀人😀"),
        ("shift_jis", "日本"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_encodings(landing: Landing, encoding: str, text: str, zipped: bool) -> None:
    content = f"order_no,user_id,amount\n{text},1,2.00\n".encode(encoding)
    name, content = ("a.csv.gz", gzip.compress(content)) if zipped else ("a.csv", content)
    landing.deliver(name, content)
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    with landing.load(files(FOLDER, format="csv", encoding=declared), COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "source_line") == [(text, 2)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("delimiter", "quote"), [(",", '"'), (";", "'"), ("\t", '"'), ("|", "")])
def test_dialects(landing: Landing, delimiter: str, quote: str, line_end: str) -> None:
    name = f"{quote}x{delimiter}y{quote}" if quote else "xy"
    lines = [["order_no", "user_id", "amount"], [name, "1", "2.00"], ["b", f"{quote}2{quote}", ""]]
    landing.deliver("a.csv", line_end.join(delimiter.join(each) for each in lines) + line_end)
    source = files(FOLDER, format="csv", delimiter=delimiter, quote=quote)
    with landing.load(source, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "user_id", "source_line") == [
            (name.strip(quote) if quote else name, 1, 2),
            ("b", 2, 3),
        ]


def test_line_ends_may_be_mixed(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_id,amount\r\na,1,\nb,2,\r\n")
    with landing.load(CSV, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "source_line") == [("a", 2), ("b", 3)]


def test_quoted_fields_hold_anything_and_lines_keep_their_numbers(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        'order_no,user_id,amount\n"two\nlines",1,1.00\n"say ""hi"", you",2,2.00\n'
        '\n"x\n\ny",3,3.00\nlast,4,4.00\n',
    )
    with landing.load(CSV, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "user_id", "source_line") == [
            ("two\nlines", 1, 2),
            ('say "hi", you', 2, 4),
            ("x\n\ny", 3, 6),
            ("last", 4, 9),
        ]
        assert loaded.blank == {DAY: 1}


@pytest.mark.parametrize("embedded", ["", '"a\nb",1,\n'])
def test_loose_quoting_means_the_same_in_regular_and_irregular_files(
    landing: Landing, embedded: str
) -> None:
    landing.deliver(
        "a.csv",
        f'order_no,user_id,amount\n{embedded} "one" ,2,\n  "two",3,\nan inch is 5",4,\n5" "x",5,\n'
        '"a" "b",6,\n',
    )
    with landing.load(CSV, COLUMNS) as loaded:
        names = [row["order_no"] for row in landing.accepted(loaded)]
        assert names[bool(embedded) :] == ["one", '  "two"', 'an inch is 5"', '5" "x"', "a b"]


def test_preamble_and_closing_lines_are_skipped_and_counted_in_line_numbers(
    landing: Landing,
) -> None:
    landing.deliver(
        "a.csv",
        'Export of "January\nmade, by: hand\n\norder_no,user_id,amount\na,1,1.00\nb,2,2.00\n'
        "-----\nTotal: 2 rows, 3.00\n\n\n",
    )
    source = files(FOLDER, format="csv", preamble_lines=3, layout=layout(end=starts_with("---")))
    with landing.load(source, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "source_line") == [("a", 5), ("b", 6)]
        assert loaded.rejected == {DAY: 0}


def test_tens_of_thousands_of_blank_lines_are_no_rows(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        "order_no,user_id,amount\na,1,1.00\n"
        + ",,\n" * 30_000
        + "\n" * 20_000
        + "  \n,,,,,\nb,2,2.00\n"
        + "\n" * 10_000,
    )
    with landing.load(CSV, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "source_line") == [
            ("a", 2),
            ("b", 50_005),
        ]
        assert loaded.rows == {DAY: 2} and loaded.rejected == {DAY: 0}
        assert loaded.blank == {DAY: 60_002}


def test_lines_that_are_no_records_are_refused_one_by_one(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        "order_no,user_id,amount\n"
        "short,1\n"
        "long,1,1.00,more\n"
        "trailing,2,2.00,\n"
        '"never closed,3,3.00\n'
        '"closed" too early,4,4.00\n'
        "fine,5,5.00\n",
    )
    with landing.load(CSV, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "source_line") == [
            ("trailing", 4),
            ("fine", 7),
        ]
        assert values(landing.refused(loaded), "source_line", "reason", "raw") == [
            (2, "2 fields where the header has 3", "short,1"),
            (3, "4 fields where the header has 3", "long,1,1.00,more"),
            (5, "broken quoting", '"never closed,3,3.00'),
            (6, "broken quoting", '"closed" too early,4,4.00'),
        ]


def test_a_refused_row_of_several_lines_is_kept_whole(landing: Landing) -> None:
    landing.deliver("a.csv", 'order_no,user_id,amount\n"a\nb",x,1.00\nc,3,\n')
    with landing.load(CSV, COLUMNS) as loaded:
        assert values(landing.refused(loaded), "source_line", "reason", "raw") == [
            (2, "user_id: 'x' is no BIGINT", '"a\nb",x,1.00')
        ]


def test_null_texts_and_trimming(landing: Landing) -> None:
    landing.deliver("a.csv", 'order_no,user_id,amount\n" a\t",1,NULL\n\\N, 2 ,"-"\n"",3,\n')
    source = files(FOLDER, format="csv", null_texts=("NULL", "\\N", "-", ""), trim=True)
    columns = {**COLUMNS, "order_no": "VARCHAR?"}
    with landing.load(source, columns) as loaded:
        assert values(landing.accepted(loaded), "order_no", "user_id", "amount") == [
            ("a", 1, None),
            (None, 2, None),
            (None, 3, None),
        ]
    with landing.load(files(FOLDER, format="csv", null_texts=("NULL",)), columns) as loaded:
        assert values(landing.accepted(loaded), "order_no", "amount") == [(" a\t", None)]
        assert [row["reason"] for row in landing.refused(loaded)] == [
            "amount: '-' is no DECIMAL(18,2)",
            "amount: '' is no DECIMAL(18,2)",
        ]


def test_columns_come_by_name_in_any_order_and_others_are_ignored(landing: Landing) -> None:
    landing.deliver("a.csv", 'amount, "Order No." ,extra,uid\n1.00,a,x,1\n')
    source = files(FOLDER, format="csv", columns={"order_no": "Order No.", "user_id": "uid"})
    with landing.load(source, {**COLUMNS, "city": "VARCHAR?"}) as loaded:
        assert values(landing.accepted(loaded), "order_no", "user_id", "amount", "city") == [
            ("a", 1, Decimal("1.00"), None)
        ]


def test_a_missing_column_that_may_not_be_null_is_named(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_idd,amount\na,1,1.00\n")
    with pytest.raises(SourceError, match=r"a\.csv: column 'user_id' is missing.*'user_idd'"):
        landing.load(CSV, COLUMNS)


def test_a_name_that_stands_twice_is_no_choice_of_ours(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_id,user_id,amount\na,1,2,1.00\n")
    with pytest.raises(SourceError, match="two columns are called 'user_id'"):
        landing.load(CSV, COLUMNS)


def test_a_header_without_any_of_the_columns_is_no_header(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no;user_id\na;1\n")
    with pytest.raises(SourceError, match="Check delimiter"):
        landing.load(CSV, {"order_no": "VARCHAR?"})


def test_line_numbers_hold_across_the_engines_threads(landing: Landing) -> None:
    lines = "".join(f"a{number},{number},1.00\n" for number in range(2, 400_002))
    landing.deliver("a.csv", f"order_no,user_id,amount\n{lines}")
    with landing.load(CSV, COLUMNS) as loaded:
        found = landing.rows(
            "SELECT count(*) AS total, count(*) FILTER (source_line = user_id) AS right "
            f"FROM ({loaded.select_sql})"
        )
        assert found == [{"total": 400_000, "right": 400_000}]


@pytest.mark.parametrize(
    "written", ["Coupon", "COUPON ", "\ufeffcoupon", "cou pon", "\uff43oupon"], ids=ascii
)
def test_a_column_that_may_be_null_is_not_null_for_another_spelling(
    landing: Landing, written: str
) -> None:
    landing.deliver("a.csv", f"order_no,{written}\nA,SPRING\n")
    with pytest.raises(SourceError, match=r"(?i)'coupon' is missing; the nearest is '.+pon'"):
        landing.load(files(FOLDER, format="csv"), {"order_no": "VARCHAR", "coupon": "VARCHAR?"})
    declared = files(FOLDER, format="csv", columns={"coupon": written.strip()})
    with landing.load(declared, {"order_no": "VARCHAR", "coupon": "VARCHAR?"}) as loaded:
        assert values(landing.accepted(loaded), "coupon") == [("SPRING",)]
