"""Payloads become rows as a naive reading of their JSON says, whatever is in them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from resources.errors import SourceError
from resources.lake.model.window import Window
from resources.settings import Settings
from resources.sources.declaration.json_path import JsonPathError, parsed_path
from tests.modeling.events.naive_events import EVENTS, TABLE, TYPES, events, naive
from tests.tables.run_events import run_events
from tests.tables.run_sql import DAY, Row, at
from warehouse_assets.fact.dwd_service_fee import dwd_service_fee
from warehouse_assets.modeling import (
    json_path,
)
from warehouse_assets.modeling.sql.code_version import code_version


def test_rows_are_what_a_naive_reading_gives(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()

    @given(events())
    @settings(max_examples=40, deadline=None)
    def same_rows(given_events: list[Row]) -> None:
        expected = {event["event_id"]: naive(event) for event in given_events}
        result = run_events(TABLE, given_events, tmp_path)
        assert set(result.reasons) == {name for name, rows in expected.items() if rows is None}
        assert result.rows == [
            {name: row[name] for name in TYPES} for rows in expected.values() for row in rows or ()
        ]
        rejected = len(result.rejected)
        assert result.counts == {DAY: (len(given_events) - rejected, rejected)}
        seen.update(rows=len(result.rows), rejected=rejected)

    same_rows()
    assert min(seen["rows"], seen["rejected"]) > 10, seen


def test_a_range_run_equals_its_days(tmp_path: Path) -> None:
    days = [date(2026, 1, 10), date(2026, 1, 11), date(2026, 1, 12)]
    given_events = [
        {
            "event_id": f"E{number}",
            "event_type": "fee",
            "event_version": 1,
            "occurred_at": at(f"{day} {hour}"),
            "payload": payload,
            "dt": day,
        }
        for day in days
        for number, (hour, payload) in enumerate(
            [("00:00", '{"no":"A","fee":1}'), ("23:59", '{"no":"A","fee":"x"}')]
        )
    ]
    together = run_events(TABLE, given_events, tmp_path, Window.of_days(days[0], days[-1]))
    single = [run_events(TABLE, given_events, tmp_path, Window.of_day(day)) for day in days]
    assert together.rows == [row for each in single for row in each.rows]
    assert together.counts == {day: count for each in single for day, count in each.counts.items()}
    assert len(together.rows) == len(together.rejected) == 3


def test_an_event_with_a_repeated_key_on_the_way_to_a_value_is_rejected(tmp_path: Path) -> None:
    groups = '{"order":{"no":["A"]},"the groups":[{"fees":[%s]}]}'
    payloads = {
        "A": (1, '{"no":"A","fee":90071992547409.93,"x":{"fee":90071992547409.94,"fee":1}}'),
        "B": (1, '{"no":"A","fee":1,"fee":2}'),
        "C": (1, '{"no":"A","fee":1,"\\u0066ee":2}'),
        "D": (2, groups % '{"fee":1},{"fee":2,"tax":1,"tax":1}'),
        "E": (2, groups.replace('"no":["A"]', '"no":["A"],"no":["B"]') % '{"fee":1}'),
        "F": (2, groups % '{"fee":1}'),
    }
    found = run_events(
        TABLE,
        [
            {"event_id": name, "event_type": "fee", "event_version": version,
             "occurred_at": at("2026-01-10 12:00"), "payload": payload, "dt": DAY}
            for name, (version, payload) in payloads.items()
        ],
        tmp_path,
    )  # fmt: skip
    assert {row["event_id"]: str(row["fee_amount"]) for row in found.rows} == {
        "A": "90071992547409.93",
        "F": "1.00",
    }
    assert found.reasons == {
        "B": "a key stands twice in $",
        "C": "a key stands twice in $",
        "D": "element 2: a key stands twice in @",
        "E": 'element 1: a key stands twice in $."order"',
    }


def test_only_a_number_in_quotes_may_have_two_meanings(tmp_path: Path) -> None:
    payloads = {"A": '{"no":7.10,"fee":1.000}', "B": '{"no":"7.10","fee":"1.000"}'}
    found = run_events(
        TABLE,
        [
            {"event_id": name, "event_type": "fee", "event_version": 1,
             "occurred_at": at("2026-01-10 12:00"), "payload": payload, "dt": DAY}
            for name, payload in payloads.items()
        ],
        tmp_path,
    )  # fmt: skip
    assert [(row["order_no"], str(row["fee_amount"])) for row in found.rows] == [("7.10", "1.00")]
    assert "may have thousands or decimals" in found.reasons["B"]


def test_rejected_events_past_the_tolerance_stop_the_run(tmp_path: Path) -> None:
    from resources.duckdb.engine import duckdb_session
    from warehouse_assets.modeling.events.load_events import load_events

    table = replace(TABLE, events=replace(EVENTS, tolerance=Decimal("0.4")))
    with duckdb_session(Settings(home=tmp_path)) as connection:
        connection.execute(
            "CREATE TABLE ods_source_event AS SELECT 'E' || i AS event_id, 'fee' AS event_type, "
            "1 AS event_version, DATE '2026-01-10' AS dt, 'f' AS source_file, i AS source_line, "
            """CASE i WHEN 0 THEN '{' ELSE '{"no":"A","fee":1}' END AS payload """
            "FROM range(2) AS r(i)"
        )
        with (
            load_events(table, connection, Window.of_day(DAY), Settings(home=tmp_path)) as loaded,
            pytest.raises(SourceError, match="1 of 2 events") as raised,
        ):
            loaded.check_tolerance()
    assert "E0 the payload is no JSON" in str(raised.value)
    assert not list((tmp_path / "spill").glob("**/source-*"))


@pytest.mark.parametrize(
    "text", ["", "a", "$.", "$a", "$[x]", "$[-1]", "$.a[", '$["a"', "$.*", "$..a", "$.a b"]
)
def test_what_is_no_path_is_refused_with_the_rest_of_it(text: str) -> None:
    with pytest.raises(JsonPathError, match=re.escape(repr(text))):
        parsed_path(text)


def test_code_versions_differ_where_declarations_do() -> None:
    events = dwd_service_fee.events
    assert events is not None
    other = replace(events, columns={**events.columns, "channel": json_path("$.way")})
    assert code_version(replace(dwd_service_fee, events=other)) != code_version(dwd_service_fee)


@pytest.mark.parametrize(
    ("text", "spelled_for_the_engine"),
    [
        ("$", "$"),
        ("@", "$"),
        ("$.a", '$."a"'),
        ('$["a b"].c[3]', '$."a b"."c"[3]'),
        ("@.日本[0][1]", '$."日本"[0][1]'),
        ("$.a[*].b[*]", '$."a"[*]."b"[*]'),
    ],
)
def test_a_path_is_spelled_for_the_engine(text: str, spelled_for_the_engine: str) -> None:
    assert parsed_path(text).engine_path == spelled_for_the_engine
