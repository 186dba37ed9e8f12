"""JSON documents that are cut, incomplete or declared without sense."""

from __future__ import annotations

from typing import Any

import pytest

from resources.errors import SettingsError, SourceError
from resources.sources.declaration.column_origins import joined, position
from resources.sources.declaration.files import files
from resources.sources.declaration.numbers import minor_units, number
from resources.sources.formats.json_document.json_document import json_document
from tests.sources.conftest import DAY, FOLDER, Landing, values
from tests.sources.formats.test_json_document import load, source

GOOD = '{"data": [{"order_no": "a", "amount": 12}, {"order_no": "b"}], "has_more": false}'


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_a_document_that_is_cut_anywhere_is_refused_whole(landing: Landing, length: int) -> None:
    with pytest.raises(SourceError, match=r"a\.json is truncated, or not JSON as declared"):
        load(landing, GOOD[:length])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD + "{}", "something stands behind the document"),
        (GOOD.replace("12", "NaN"), "NaN is no number"),
        (GOOD.replace("12", "012"), r"'}' is missing|Expecting"),
        (GOOD.replace("12", "1_2"), r"Expecting"),
        (GOOD.replace('"a"', "'a'"), "Expecting value"),
        (GOOD.replace('"a"', '"\x01"'), "Invalid control character"),
        (GOOD.replace("has_more", "data"), "the key 'data' is repeated"),
        (GOOD.replace("data", "rows"), "the document has no 'data'"),
        ('{"data": null}', "data is no array"),
        ('{"data": {"order_no": "a"}}', "data is no array"),
        ("[]", "the document is no object"),
        ('{"x": ' + "[" * 100_000, "recursion"),
        ('{"data": [' + "[" * 100_000, "values lie too deep"),
        ("", "the document is no object"),
    ],
)
def test_what_is_no_document_as_declared_is_refused(
    landing: Landing, content: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        load(landing, content)


def test_a_page_that_is_not_the_last_is_refused(landing: Landing) -> None:
    declared = source(requires={"page.has_more": False})
    for beside, message in (
        ('"page": {"has_more": true}', "page.has_more is 'true', not 'false'"),
        ('"page": {"last": true}', "page.has_more is not there, not 'false'"),
        ('"has_more": false', "page.has_more is not there, not 'false'"),
    ):
        with pytest.raises(SourceError, match=rf"is incomplete: \$\.{message}"):
            load(landing, f'{{{beside}, "data": []}}', declared)
    with load(landing, '{"data": [], "page": {"x": [], "has_more": false}}', declared) as loaded:
        assert loaded.rows == {DAY: 0}


def test_the_number_of_rows_that_a_document_states_is_checked(landing: Landing) -> None:
    counted = files(FOLDER, format=json_document(rows_at="data[*]", count_at="page.count"))
    for count, rows, fits in ((2, 2, True), (0, 0, True), (3, 2, False), (1, 2, False)):
        listed = ", ".join(['{"order_no": "a"}'] * rows)
        content = f'{{"page": {{"count": {count}}}, "data": [{listed}]}}'
        if fits:
            with load(landing, content, counted) as loaded:
                assert loaded.rows == {DAY: rows}
        else:
            with pytest.raises(SourceError, match=rf"page\.count is '{count}', not '{rows}'"):
                load(landing, content, counted)
    with pytest.raises(SourceError, match=r"page\.count is not there, not '0'"):
        load(landing, '{"data": []}', counted)


def test_a_row_with_a_repeated_key_is_refused_the_others_are_not(landing: Landing) -> None:
    content = (
        '{"data": [{"order_no": "a", "amount": 1, "amount": 2}, {"order_no": "b"}, '
        '{"order_no": "c", "amount": 1, "x": {"y": 1, "y": 1}}, {"order_no": "\\ud83dx"}]}'
    )
    with load(landing, content) as loaded:
        assert values(landing.accepted(loaded), "order_no") == [("b",)]
        assert values(landing.refused(loaded), "source_line", "reason") == [
            (1, "the key 'amount' is repeated"),
            (3, "the key 'y' is repeated"),
            (4, "order_no: it holds half of a character"),
        ]


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: json_document(rows_at="data"), "leads to no elements of an array"),
        (lambda: json_document(rows_at="data[0]"), "leads to no elements of an array"),
        (lambda: json_document(rows_at="data[0].x[*]"), "leads to no elements of an array"),
        (lambda: json_document(rows_at="data[*"), "is no path from"),
        (lambda: json_document(rows_at="[*]", requires={"[0]": 1}), "which is no key"),
        (lambda: json_document(rows_at="[*]", count_at="x[*]"), "which is no key"),
        (lambda: source(columns={"order_no": "a..b"}), "is no path from '..b'"),
        (lambda: source(columns={"order_no": "a[*]"}), "is no path to one value of a row"),
        (lambda: source(columns={"x": position(1)}), "JSON files have no field 1"),
        (lambda: source(columns={"x": joined("a", "b..")}), "is no path from"),
        (lambda: number(minor_units=minor_units("c", {})), "has no currency"),
        (lambda: number(minor_units=minor_units("c", {"usd": -1})), "gives 'usd' -1 decimals"),
        (
            lambda: number(minor_units=minor_units("c", {"usd": 2}), implied_decimals=2),
            "implied_decimals and minor_units both are",
        ),
        (lambda: source(delimiter=";"), "delimiter means nothing for JSON files"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_is_declared(declare: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        declare()
