"""JSON lines: one object a line, numbers exact."""

from __future__ import annotations

import gzip
from decimal import Decimal

import pytest

from resources.errors import SourceError
from resources.sources.declaration.files import files
from resources.sources.declaration.numbers import number
from tests.sources.conftest import DAY, FOLDER, Landing, values

JSON = files(FOLDER, format="jsonl")
COLUMNS = {"order_no": "VARCHAR?", "user_id": "BIGINT?", "amount": "DECIMAL(18,2)?"}


def test_values_come_as_numbers_or_as_text(landing: Landing) -> None:
    landing.deliver(
        "a.jsonl",
        '{"order_no": "a", "user_id": 1, "amount": 1.5}\n'
        '{"amount": "2.50", "user_id": "2", "order_no": "b", "more": [1, {}]}\r\n'
        '  {"order_no": null, "amount": 3}  \n'
        '{"order_no": "", "user_id": 9223372036854775807}',
    )
    with landing.load(JSON, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "user_id", "amount", "source_line") == [
            ("a", 1, Decimal("1.50"), 1),
            ("b", 2, Decimal("2.50"), 2),
            (None, None, Decimal("3.00"), 3),
            ("", 9223372036854775807, None, 4),
        ]
        assert loaded.rejected == {DAY: 0}


@pytest.mark.parametrize(
    "number",
    [
        "1234567890123456.78",
        "-9999999999999999.99",
        "99999999999999.99",
        "90071992547409.93",
        "4503599627370497.5",
        "12345678.9",
        "10.10000000000000000000",
        "0.30",
        "0.1",
        "1e2",
    ],
)
def test_amounts_do_not_pass_through_a_double(landing: Landing, number: str) -> None:
    landing.deliver("a.jsonl", f'{{"amount" : {number}, "order_no": {number}}}\n')
    with landing.load(JSON, COLUMNS) as loaded:
        row = landing.accepted(loaded)[0]
        assert row["amount"] == Decimal(number)
        assert Decimal(row["order_no"]) == Decimal(number)


@pytest.mark.parametrize("number", ["1.00000000000000001", "0.005", "19.98999999999999999999"])
def test_digits_that_do_not_fit_are_refused_however_small(landing: Landing, number: str) -> None:
    landing.deliver("a.jsonl", f'{{"amount": {number}}}\n')
    with landing.load(JSON, COLUMNS) as loaded:
        assert [row["reason"] for row in landing.refused(loaded)] == [
            f"amount: '{number}' does not fit DECIMAL(18,2) exactly"
        ]


@pytest.mark.parametrize("blank", ["", "\n", "\n\r\n  \n"])
def test_broken_lines_are_refused_as_they_came(landing: Landing, blank: str) -> None:
    landing.deliver(
        "a.jsonl",
        '{"order_no": "a"}\n' + blank + '{"order_no": "b",\n[1]\nnull\n"text"\nx\x1fy\n'
        '{"order_no": "c"}{}\n{"user_id": "many"}\n',
    )
    first = 2 + blank.count("\n")
    with landing.load(JSON, COLUMNS) as loaded:
        assert values(landing.refused(loaded), "source_line", "reason", "raw") == [
            (first, "broken JSON", '{"order_no": "b",'),
            (first + 1, "no JSON object", "[1]"),
            (first + 2, "no JSON object", "null"),
            (first + 3, "no JSON object", '"text"'),
            (first + 4, "no JSON object", "x\x1fy"),
            (first + 5, "broken JSON", '{"order_no": "c"}{}'),
            (first + 6, "user_id: 'many' is no BIGINT", '{"user_id": "many"}'),
        ]
        assert loaded.blank == {DAY: blank.count("\n")}
        assert [row["source_line"] for row in landing.accepted(loaded)] == [1]


def test_odd_names_and_nested_values(landing: Landing) -> None:
    landing.deliver("a.jsonl", '{"order no.\\"": "x", "用户": 5, "payload": {"a": [1, "b\'"]}}\n')
    source = files(FOLDER, format="jsonl", columns={"order_no": 'order no."', "user_id": "用户"})
    columns = {"order_no": "VARCHAR", "user_id": "BIGINT", "payload": "VARCHAR"}
    with landing.load(source, columns) as loaded:
        assert values(landing.accepted(loaded), "order_no", "user_id", "payload") == [
            ("x", 5, '{"a":[1,"b\'"]}')
        ]


def test_keys_that_differ_in_case_only_are_two(landing: Landing) -> None:
    landing.deliver("a.jsonl", '{"Key": 1, "key": 2.50}\n')
    source = files(FOLDER, format="jsonl", columns={"user_id": "Key", "amount": "key"})
    with landing.load(source, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "user_id", "amount") == [(1, Decimal("2.50"))]


def test_a_key_that_no_object_has_is_named(landing: Landing) -> None:
    landing.deliver("a.jsonl", '{"order_num": "a"}\n{"order_num": "b", "user_id": 1}\n')
    with pytest.raises(SourceError, match=r"column 'order_no' is missing.*'order_num'"):
        landing.load(JSON, {"order_no": "VARCHAR", "user_id": "BIGINT"})
    with landing.load(JSON, COLUMNS) as loaded:
        assert loaded.rows == {DAY: 2}


def test_a_key_that_is_there_and_null_is_the_fault_of_its_row(landing: Landing) -> None:
    landing.deliver("a.jsonl", '{"order_no": null}\n')
    with landing.load(JSON, {"order_no": "VARCHAR"}) as loaded:
        assert loaded.rejected == {DAY: 1}
        assert landing.refused(loaded)[0]["reason"] == "order_no is empty, and may not be"


def test_gzip_encodings_and_empty_files(landing: Landing) -> None:
    landing.deliver("a.jsonl.gz", gzip.compress('{"order_no": "人"}\n'.encode("gbk")))
    landing.deliver("b.jsonl", "")
    source = files(FOLDER, format="jsonl", encoding="gbk")
    with landing.load(source, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no") == [("人",)]
        assert [one.rows for one in loaded.delivered] == [1, 0]
    with pytest.raises(SourceError, match="is truncated or damaged"):
        landing.deliver("a.jsonl.gz", gzip.compress(b"{}\n" * 100)[:-9])
        landing.load(JSON, COLUMNS)


def test_a_byte_order_mark_is_no_text(landing: Landing) -> None:
    landing.deliver("a.jsonl", b'\xef\xbb\xbf{"order_no": "a"}\n\n{"order_no": "b"}\n')
    landing.deliver("b.jsonl", b'\xef\xbb\xbf{"order_no": "c"}\n')
    with landing.load(JSON, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "source_line") == [
            ("a", 1),
            ("b", 3),
            ("c", 1),
        ]


def test_a_number_is_the_one_at_its_key_and_not_one_further_down(landing: Landing) -> None:
    """Both are the same double."""
    landing.deliver(
        "a.jsonl",
        '{"x":{"amount":90071992547409.93},"amount":90071992547409.94}\n'
        '{"note":"amount\\": 90071992547409.93","amount":90071992547409.94}\n'
        '{"amount":90071992547409.93,"x":[{"amount":1}]}\n'
        '{"x":{"amount":1.5}}\n',
    )
    with landing.load(JSON, {"amount": "DECIMAL(18,2)?"}) as loaded:
        assert [row["amount"] and str(row["amount"]) for row in landing.accepted(loaded)] == [
            *("90071992547409.94", "90071992547409.94", "90071992547409.93", None)
        ]


def test_numbers_inside_an_object_that_becomes_text_are_as_they_were(landing: Landing) -> None:
    landing.deliver(
        "a.jsonl",
        '{"payload":{"amount": 90071992547409.93,"parts":[0.1000000000000000055, 1.10]}}\n'
        '{"payload":[12345678901234567890.25]}\n{"payload":"3.10"}\n',
    )
    with landing.load(JSON, {"payload": "VARCHAR"}) as loaded:
        assert [row["payload"] for row in landing.accepted(loaded)] == [
            '{"amount":90071992547409.93,"parts":[0.1000000000000000055,1.10]}',
            "[12345678901234567890.25]",
            "3.10",
        ]


def test_an_object_with_a_repeated_key_is_refused(landing: Landing) -> None:
    landing.deliver(
        "a.jsonl",
        '{"order_no":"a","amount":1}\n'
        '{"order_no":"b","amount":1,"amount":2}\n'
        '{"amount":3,"order_no":"c"}\n'
        '{"order_no":"d","\\u0061mount":1,"amount":1}\n'
        '{"order_no":"e","amount":5,"x":{"amount":1,"order_no":2}}\n',
    )
    with landing.load(JSON, {"order_no": "VARCHAR", "amount": "DECIMAL(18,2)"}) as loaded:
        assert values(landing.accepted(loaded), "order_no") == [("a",), ("c",), ("e",)]
        assert values(landing.refused(loaded), "source_line", "reason") == [
            (2, "the object has a repeated key"),
            (4, "the object has a repeated key"),
        ]


GERMAN = number(decimal_mark=",", thousands=".")


@pytest.mark.parametrize(
    ("written", "undeclared", "german"),
    [
        ("1.000", "1.00", "1.00"),
        ("-1.50", "-1.50", "-1.50"),
        ("1234.5", "1234.50", "1234.50"),
        ("12345678.90", "12345678.90", "12345678.90"),
        ("7", "7.00", "7.00"),
        ("1.234", None, None),
        ('"1.000"', None, "1000.00"),
        ('"1.234,50"', None, "1234.50"),
        ('"1234.5"', "1234.50", None),
    ],
)
@pytest.mark.parametrize("beside", ["", ', "more": 0.123456789'])
def test_a_number_that_is_no_text_has_one_meaning(
    landing: Landing, written: str, undeclared: str | None, german: str | None, beside: str
) -> None:
    landing.deliver("a.jsonl", f'{{"amount": {written}{beside}}}\n')
    for numbers, expected in ((None, undeclared), (GERMAN, german)):
        source = files(FOLDER, format="jsonl", tolerance=1, numbers=numbers)
        with landing.load(source, {"amount": "DECIMAL(18,2)"}) as loaded:
            found = [str(row["amount"]) for row in landing.accepted(loaded)]
        assert found == ([expected] if expected else []), (written, numbers)


@pytest.mark.parametrize(
    "written", ["1.10", "1e2", "1.000", '{"b":1.10}', "[1.0,2e3]", "12345678901234567890123"]
)
def test_a_number_in_a_column_of_texts_is_spelled_as_it_came(
    landing: Landing, written: str
) -> None:
    landing.deliver("a.jsonl", f'{{"order_no": {written}}}\n{{"order_no": "1.10"}}\n')
    with landing.load(JSON, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no") == [(written,), ("1.10",)]


def test_a_key_may_be_a_text_of_one_column_and_a_number_of_another(landing: Landing) -> None:
    landing.deliver("a.jsonl", '{"paid": 1.000}\n{"paid": "1.000"}\n')
    source = files(FOLDER, format="jsonl", numbers=GERMAN, columns={"as_text": "paid"})
    with landing.load(source, {"paid": "DECIMAL(18,2)", "as_text": "VARCHAR"}) as loaded:
        assert values(landing.accepted(loaded), "paid", "as_text") == [
            (Decimal("1.00"), "1.000"),
            (Decimal("1000.00"), "1.000"),
        ]


def test_a_key_that_may_be_missing_is_not_there_in_another_spelling(landing: Landing) -> None:
    landing.deliver("a.jsonl", '{"order_no": "A", "Amount": 1}\n')
    with pytest.raises(SourceError, match="column 'amount' is missing; the nearest is 'Amount'"):
        landing.load(JSON, COLUMNS)
