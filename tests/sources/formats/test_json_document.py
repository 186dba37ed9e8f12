"""JSON documents: rows by paths, numbers as they are spelled; a document that is cut is none."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from resources.errors import SourceError
from resources.sources.declaration.files import files
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.numbers import minor_units, number
from resources.sources.formats.json_document import json_text
from resources.sources.formats.json_document.json_document import json_document
from tests.sources.conftest import DAY, FOLDER, Landing, values
from tests.sources.test_round_trip import MANY

COLUMNS = {"order_no": "VARCHAR?", "amount": "DECIMAL(18,2)?"}


def source(rows_at: str = "data[*]", **more: Any) -> FilesSource:
    requires = more.pop("requires", None)
    return files(FOLDER, format=json_document(rows_at=rows_at, requires=requires), **more)


def load(landing: Landing, content: str | bytes, declared: FilesSource | None = None) -> Any:
    landing.deliver("a.json", content)
    return landing.load(declared or source(), COLUMNS)


def test_rows_of_an_array_with_nested_keys(landing: Landing) -> None:
    landing.deliver(
        "a.json",
        """{"object": "list", "more": [{"data": [1]}, [[]]], "data": [
            {"id": "a", "amount": 1250, "source": {"meta data": {"no": "0007"}, "at": ["x", "y"]}},
            {"id": "b", "amount": -1.50, "source": null},
            {"id": "c", "amount": "2.00", "source": {"meta data": null, "at": []}},
            {"id": "d", "source": "ch_1"}, 7, null
        ], "has_more": false}\n""",
    )
    declared = source(
        columns={"order_no": 'source["meta data"].no', "second": "source.at[1]"},
        requires={"has_more": False, "object": "list"},
    )
    columns = {"id": "VARCHAR", "second": "VARCHAR?", "source": "VARCHAR?", **COLUMNS}
    with landing.load(declared, columns) as loaded:
        assert values(
            landing.accepted(loaded), "id", "amount", "order_no", "second", "source", "source_line"
        ) == [
            ("a", 1250, "0007", "y", '{"meta data":{"no":"0007"},"at":["x","y"]}', 1),
            ("b", Decimal("-1.50"), None, None, None, 2),
            ("c", Decimal("2.00"), None, None, '{"meta data":null,"at":[]}', 3),
        ]
        assert values(landing.refused(loaded), "source_line", "reason") == [
            (4, 'source.at[1]: source is no object; source["meta data"].no: source is no object'),
            (5, "no JSON object"),
            (6, "no JSON object"),
        ]


@pytest.mark.parametrize(
    ("rows_at", "content"),
    [
        ("[*]", '[{"order_no": "a"}, {"order_no": "b"}]'),
        ("$[*]", ' [{"order_no": "a"}, {"order_no": "b"}] \r\n'),
        ("a.b[*]", '{"x": {"b": [1]}, "a": {"c": 1, "b": [{"order_no": "a"}, {"order_no": "b"}]}}'),
        ("a[*].b[*]", '{"a": [{"b": [{"order_no": "a"}]}, {"b": []}, {"b": [{"order_no": "b"}]}]}'),
        ('["a.b"][*]', '{"a": {"b": 1}, "a.b": [{"order_no": "a"}, {"order_no": "b"}]}'),
    ],
)
def test_where_the_rows_are(landing: Landing, rows_at: str, content: str) -> None:
    with load(landing, content, source(rows_at)) as loaded:
        assert values(landing.accepted(loaded), "order_no", "source_line") == [("a", 1), ("b", 2)]


@pytest.mark.parametrize("content", ['{"data": []}', '{"x": 1, "data": [ ]}'])
def test_an_empty_array_is_a_file_without_rows(landing: Landing, content: str) -> None:
    with load(landing, content) as loaded:
        assert loaded.rows == {DAY: 0}


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("90071992547409.93", "90071992547409.93"),
        ("9999999999999999.99", "9999999999999999.99"),
        ("1.10", "1.10"),
        ("1e2", "100"),
        ("1.5E-1", "0.15"),
        ("-0", "0"),
        ("1.00000000000000001", None),
        ("0.005", None),
        ("1e999999999", None),
        ("1e-999999999", None),
        ("9" * 5000, None),
    ],
)
def test_numbers_pass_through_no_double(landing: Landing, written: str, amount: str | None) -> None:
    with load(landing, f'{{"data": [{{"order_no": {written}, "amount": {written}}}]}}') as loaded:
        found = landing.accepted(loaded)
        if amount is None:
            assert found == []
            assert landing.refused(loaded)[0]["reason"].startswith("amount: '")
        else:
            assert found[0]["amount"] == Decimal(amount)
            assert Decimal(found[0]["order_no"]) == Decimal(written)


def test_amounts_in_minor_units_of_their_currency(landing: Landing) -> None:
    listed = [("usd", "12345"), ("jpy", "12345"), ("kwd", "-5"), ("usd", '"-7"'), ("eur", "1")]
    listed += [("usd", "1.5"), ("USD", "1")]
    content = ", ".join(f'{{"c": "{currency}", "amount": {cents}}}' for currency, cents in listed)
    landing.deliver("a.json", f'{{"data": [{content}, {{"amount": 1}}, {{"c": "usd"}}]}}')
    decimals = {"usd": 2, "jpy": 0, "kwd": 3}
    declared = source(column_numbers={"amount": number(minor_units=minor_units("c", decimals))})
    with landing.load(declared, {"c": "VARCHAR?", "amount": "DECIMAL(18,3)?"}) as loaded:
        assert values(landing.accepted(loaded), "c", "amount") == [
            ("usd", Decimal("123.450")),
            ("jpy", Decimal("12345.000")),
            ("kwd", Decimal("-0.005")),
            ("usd", Decimal("-0.070")),
            ("usd", None),
        ]
        unknown = "amount: '1' has a 'c' that is unknown"
        assert values(landing.refused(loaded), "source_line", "reason") == [
            (5, unknown),
            (
                6,
                "amount: '1.5' is no DECIMAL(18,3) as declared: whole minor units of a currency",
            ),
            (7, unknown),
            (8, unknown),
        ]


def test_a_number_is_one_however_texts_are_declared_to_be_written(landing: Landing) -> None:
    content = '[{"amount": 1.234}, {"amount": "1.234"}, {"amount": 1.5}, {"amount": "1,5"}, '
    content += '{"amount": 1234}, {"amount": 0.001}]'
    landing.deliver("a.json", content)
    marks = number(decimal_mark=",", thousands=".")
    with landing.load(source("[*]", numbers=marks), {"amount": "DECIMAL(18,3)"}) as loaded:
        assert [str(row["amount"]) for row in landing.accepted(loaded)] == [
            "1.234",
            "1234.000",
            "1.500",
            "1.500",
            "1234.000",
            "0.001",
        ]
    with landing.load(source("[*]"), {"amount": "DECIMAL(18,2)?"}) as loaded:
        assert loaded.rejected == {DAY: 4}
    landing.deliver("a.json", '[{"amount": 1.000}, {"amount": "1.000"}]')
    with landing.load(source("[*]"), {"amount": "DECIMAL(18,2)"}) as loaded:
        assert values(landing.accepted(loaded), "amount", "source_line") == [(1, 1)]


def test_seconds_and_milliseconds_since_1970(landing: Landing) -> None:
    landing.deliver("a.json", '[{"at": 1767571199, "x": {"ms": "1767571199123"}}]')
    declared = source("[*]", columns={"ms": "x.ms"}, epochs={"at": "seconds", "ms": "milliseconds"})
    columns = dict.fromkeys(("at", "ms"), "TIMESTAMP WITH TIME ZONE")
    with landing.load(declared, columns) as loaded:
        assert values(landing.accepted(loaded), "at", "ms") == [
            (
                datetime(2026, 1, 4, 23, 59, 59, tzinfo=UTC),
                datetime(2026, 1, 4, 23, 59, 59, 123_000, tzinfo=UTC),
            )
        ]


def test_encodings_and_gzip(landing: Landing) -> None:
    content = '{"data": [{"order_no": "人"}]}'
    for name, encoding, written in (
        ("a.json", "utf-8", b"\xef\xbb\xbf" + content.encode()),
        ("a.json", "gbk", content.encode("gbk")),
        ("a.json", "utf-16", content.encode("utf-16")),
        ("a.json.gz", "utf-8", gzip.compress(content.encode())),
    ):
        landing.clear()
        landing.deliver(name, written)
        with landing.load(source(encoding=encoding), COLUMNS) as loaded:
            assert values(landing.accepted(loaded), "order_no") == [("人",)]
    landing.clear()
    with pytest.raises(SourceError, match="is not utf-8"):
        load(landing, content.encode("gbk"))


def test_values_that_cross_what_is_read_at_once(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "_CHUNK", 7)
    content = json.dumps({"data": [{"order_no": "x" * n, "amount": 10**n} for n in range(9)]})
    with load(landing, content) as loaded:
        assert values(landing.accepted(loaded), "order_no", "amount") == [
            ("x" * n, 10**n) for n in range(9)
        ]
    monkeypatch.setattr(json_text, "LONGEST_VALUE", 100)
    with pytest.raises(SourceError, match="a value is longer than 100 characters, or broken"):
        load(landing, json.dumps({"data": [{"order_no": "x" * 200}]}))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
rows = st.lists(
    st.tuples(
        st.none() | texts,
        st.none() | st.integers(-(10**18) + 1, 10**18 - 1).map(lambda c: Decimal(c).scaleb(-2)),
        st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
    ),
    max_size=20,
)


@MANY
@given(rows=rows, spaced=st.booleans(), beside=texts)
def test_whatever_is_written_comes_back_equal(
    landing: Landing, rows: list[Any], spaced: bool, beside: str
) -> None:
    def element(order_no: str | None, amount: Decimal | None, at: datetime | None) -> str:
        money = "null" if amount is None else f"{amount}"
        paid = json.dumps({"at": at and at.isoformat() + "Z", "amount": 0}, indent=spaced or None)
        return f'{{"p": {paid}, "order_no": {json.dumps(order_no)}, "amount": {money}}}'

    listed = ",\n".join(element(*each) for each in rows)
    landing.deliver("a.json", f'{{{json.dumps(beside + "?")}: [], "data": [{listed}]}}')
    columns = {**COLUMNS, "paid_at": "TIMESTAMP WITH TIME ZONE?"}
    with landing.load(source(columns={"paid_at": "p.at"}), columns) as loaded:
        assert landing.refused(loaded) == []
        assert values(landing.accepted(loaded), "order_no", "amount", "paid_at") == [
            (order_no, amount, at and at.replace(tzinfo=UTC)) for order_no, amount, at in rows
        ]
