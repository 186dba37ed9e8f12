"""The key: exactly the repeated rows, whatever the key and the way they are found."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings, strategies as st

from resources.lake.audit import unique_key
from resources.lake.audit.audit import RuleResult
from resources.lake.model.window import Window
from tests.lake.write.builders import (
    FIRST,
    ONE_DAY,
    SECOND,
    THREE_DAYS,
    audited_rows,
    result_of,
    spec_of,
)

Row = tuple[object, ...]

DAYS = st.sampled_from(list(THREE_DAYS))
COLUMNS: dict[str, tuple[str, st.SearchStrategy[object]]] = {
    "close integers": ("BIGINT", st.integers(-3, 3)),
    "far integers": ("BIGINT", st.sampled_from([-(2**63), 2**63 - 1, 0, 5])),
    "integers with nulls": ("BIGINT", st.integers(0, 3) | st.none()),
    "small integers": ("INTEGER", st.sampled_from([-(2**31), 2**31 - 1, 0])),
    "texts": ("VARCHAR", st.sampled_from(["", "a", "A", "ab", "語", None])),
    "dates": ("DATE", st.dates(date(2026, 1, 1), date(2026, 1, 4))),
    "money": ("DECIMAL(18,2)", st.integers(0, 3).map(lambda cents: Decimal(cents) / 100)),
}


def check_key(
    connection: DuckDBPyConnection,
    rows: Sequence[Row],
    types: Sequence[str],
    window: Window | None,
) -> RuleResult:
    """What the audit says of the key `k0, k1, ...` of rows whose last value is the day."""
    names = [f"k{number}" for number in range(len(types))]
    spec = spec_of(
        dict(zip(names, types, strict=True)),
        key=tuple(names),
        partition=None if window is None else "dt",
    )
    columns = [name for name in [*names, "dt"] if window is not None or name != "dt"]
    with tempfile.TemporaryDirectory() as folder:
        connection.register(
            "given",
            pyarrow.table(
                {name: [row[at] for row in rows] for at, name in enumerate([*names, "dt"])}
            ),
        )
        query = "SELECT " + ", ".join(
            f"CAST({name} AS {spec.column(name).type}) AS {name}" for name in columns
        )
        report = audited_rows(connection, Path(folder), f"{query} FROM given", spec, window)
    return result_of(report, "unique_key")


def repeated(rows: Sequence[Row], window: Window | None) -> dict[date | None, int]:
    """Rows beyond the first of each key by partition, counted the plain way."""
    surplus: Counter[date | None] = Counter()
    for row, copies in Counter(row if window else row[:-1] for row in rows).items():
        if copies > 1:
            day = row[-1] if window else None
            assert day is None or isinstance(day, date)
            surplus[day] += copies - 1
    return dict(surplus)


@pytest.mark.parametrize("window", [ONE_DAY, THREE_DAYS, None], ids=["day", "days", "whole"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_repeated_keys_are_found_exactly(
    shared_connection: DuckDBPyConnection, window: Window | None, data: st.DataObject
) -> None:
    kinds = data.draw(st.lists(st.sampled_from(list(COLUMNS)), min_size=1, max_size=2))
    row = st.tuples(*(COLUMNS[kind][1] for kind in kinds), DAYS)
    rows = data.draw(st.lists(row, min_size=1, max_size=12))
    result = check_key(shared_connection, rows, [COLUMNS[kind][0] for kind in kinds], window)
    assert result.failed == repeated(rows, window)
    assert_sample_is_true(result, rows, window)


def assert_sample_is_true(result: RuleResult, rows: Sequence[Row], window: Window | None) -> None:
    counted = Counter(row if window else row[:-1] for row in rows)
    assert bool(result.sample) == bool(result.failed)
    assert len(result.sample) <= 5
    for shown in result.sample:
        *key, copies = shown.values()
        assert counted[tuple(key)] == copies
        assert copies != 1


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 9), DAYS), min_size=1, max_size=20))
def test_several_passes_find_the_same(
    shared_connection: DuckDBPyConnection, rows: list[Row]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unique_key, "_HASHES_AT_ONCE", 3)
        result = check_key(shared_connection, rows, ["BIGINT"], THREE_DAYS)
    assert result.failed == repeated(rows, THREE_DAYS)
    assert_sample_is_true(result, rows, THREE_DAYS)


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d"]), DAYS), min_size=1, max_size=14)
)
def test_different_keys_with_one_hash_are_no_duplicates(
    shared_connection: DuckDBPyConnection, rows: list[Row]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # A hash as bad as can be: the same for every key.
        patch.setattr(unique_key, "_HASH_FUNCTION", "0 * hash")
        result = check_key(shared_connection, rows, ["VARCHAR"], THREE_DAYS)
    if repeated(rows, THREE_DAYS) == {}:
        assert result.failed == {}
    else:
        assert result.failed
        assert_sample_is_true(result, rows, THREE_DAYS)


@pytest.mark.parametrize("step", [1, 1_000_003], ids=["close", "far"])
def test_one_repeated_key_among_many_is_found_and_shown(
    connection: DuckDBPyConnection, folder: Path, step: int
) -> None:
    spec = spec_of({"order_id": "BIGINT"}, key=("order_id",))
    repeated_id = 123_456 * step
    query = f"""
        SELECT * FROM (SELECT range * {step} AS order_id FROM range(300_000)
            UNION ALL SELECT {repeated_id}), (SELECT DATE '{FIRST}' AS dt)
    """
    result = result_of(audited_rows(connection, folder, query, spec), "unique_key")
    assert result.failed == {FIRST: 1}
    assert result.sample == ({"order_id": repeated_id, "dt": FIRST, "copies": 2},)


def test_a_key_may_repeat_on_another_day(connection: DuckDBPyConnection, folder: Path) -> None:
    query = "SELECT 1 AS order_id, unnest([DATE '2026-03-01', DATE '2026-03-02']) AS dt"
    for key in (("order_id",), ("order_id", "dt")):
        spec = spec_of({"order_id": "BIGINT"}, key=key)
        report = audited_rows(connection, folder, query, spec, THREE_DAYS)
        assert result_of(report, "unique_key").passed


def test_the_partition_alone_may_be_the_key(connection: DuckDBPyConnection, folder: Path) -> None:
    spec = spec_of({"gmv": "BIGINT"}, key=("dt",))
    query = f"SELECT range AS gmv, DATE '{FIRST}' + CAST(range // 2 AS INTEGER) AS dt FROM range(3)"
    result = result_of(audited_rows(connection, folder, query, spec, THREE_DAYS), "unique_key")
    assert result.failed == {FIRST: 1}
    assert result.sample == ({"dt": FIRST, "copies": 2},)
    assert SECOND not in result.failed
