"""What is written fits into memory, whatever the days or columns; or an error says what to set."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, strategies as st

from resources.duckdb.engine import duckdb_session
from resources.errors import EngineError
from resources.lake.model.window import Window
from resources.lake.write.write_plan import plan_write, slice_conditions
from resources.settings import Settings
from tests.lake.write.builders import FIRST, spec_of, staged_rows

TEXTS = {f"c{number}": "VARCHAR" for number in range(31)}
WIDE = spec_of(TEXTS)
YEAR = Window.of_days(FIRST, FIRST + timedelta(days=364))


@pytest.fixture
def small(tmp_path: Path) -> Generator[DuckDBPyConnection]:
    """An engine in which 365 partitions of 32 columns cannot be open at once."""
    settings = Settings(home=tmp_path / "home", memory="192MiB", threads=2)
    with duckdb_session(settings) as connection:
        yield connection


def wide_rows(days: str) -> str:
    """Fifteen rows of a text in each column, on the date that the SQL `days` gives for a number."""
    columns = ", ".join(f"'text of some length ' || n AS {name}" for name in TEXTS)
    return f"SELECT {columns}, {days} AS dt FROM range({15 * len(YEAR)}) AS numbers (n)"


def test_a_year_of_few_rows_is_written_in_little_memory(
    small: DuckDBPyConnection, folder: Path
) -> None:
    query = wide_rows(f"DATE '{FIRST}' + CAST(n % {len(YEAR)} AS INTEGER)")
    staged = staged_rows(small, folder, query, WIDE, YEAR)
    assert {file.partition: file.rows for file in staged.files} == dict.fromkeys(YEAR, 15)
    assert len(staged.files) == len(YEAR)
    written = small.sql(
        f"SELECT * FROM read_parquet('{folder}/**/*.parquet', hive_partitioning = false)"
    )
    assert not written.except_(small.sql(query)).fetchall()
    assert not list((folder.parent / "home").rglob("rows-*.parquet"))


def test_rows_outside_the_window_are_staged_whatever_the_slices(
    small: DuckDBPyConnection, folder: Path
) -> None:
    """The audit has to see them: before the window, behind it, and of no date."""
    outside = f"CASE n WHEN 0 THEN DATE '{FIRST}' - 9 WHEN 1 THEN DATE '{YEAR.end}' + 9 "
    outside += f"WHEN 2 THEN NULL ELSE DATE '{FIRST}' + 99 END"
    staged = staged_rows(small, folder, wide_rows(outside), WIDE, YEAR)
    assert sum(file.rows for file in staged.files) == 15 * len(YEAR)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(-3, 45) | st.none())
def test_each_row_is_in_exactly_one_slice(length: int, days: int, at: int | None) -> None:
    window = Window.of_days(FIRST, FIRST + timedelta(days=length - 1))
    starts = list(window)[::days]
    ends = [*starts[1:], window.end]
    slices = [Window(start, end) for start, end in zip(starts, ends, strict=True)]
    if len(slices) < 2:
        return
    value = "NULL" if at is None else f"DATE '{FIRST + timedelta(days=at)}'"
    conditions = ", ".join(f"count_if({condition})" for condition in slice_conditions("dt", slices))
    counts = duckdb.sql(f"SELECT {conditions} FROM (SELECT CAST({value} AS DATE) AS dt)").fetchone()
    assert counts is not None
    assert sum(count or 0 for count in counts) == 1


def test_a_plan_follows_columns_memory_and_threads(connection: DuckDBPyConnection) -> None:
    def planned(memory: str, threads: int, columns: int) -> tuple[int, int]:
        connection.execute(f"SET memory_limit = '{memory}'")
        connection.execute(f"SET threads = {threads}")
        plan = plan_write(
            connection, spec_of({f"c{n}": "BIGINT" for n in range(columns - 1)}), YEAR
        )
        assert [day for part in plan.slices for day in part] == list(YEAR)
        return len(plan.slices), plan.row_group_rows

    assert planned("384MiB", 2, 9) == (3, 122_880)
    assert planned("4GiB", 2, 9) == (1, 122_880)
    assert planned("384MiB", 2, 32) == (8, 122_880)
    slices, rows = planned("384MiB", 2, 1_500)
    assert slices == len(YEAR)
    assert 2_048 <= rows < 10_000


@pytest.mark.parametrize(
    ("memory", "threads", "working"), [("384MiB", 16, 3), ("64MiB", 4, 1), ("8GiB", 16, 16)]
)
def test_no_more_threads_work_than_memory_is_enough_for(
    tmp_path: Path, memory: str, threads: int, working: int
) -> None:
    with duckdb_session(Settings(home=tmp_path, memory=memory, threads=threads)) as connection:
        assert connection.sql("SELECT current_setting('threads')").fetchall() == [(working,)]


def test_too_little_memory_is_an_error_that_says_what_to_set(tmp_path: Path, folder: Path) -> None:
    settings = Settings(home=tmp_path / "home", memory="32MiB", threads=2)
    spec = spec_of({f"c{number}": "VARCHAR" for number in range(1_500)})
    columns = ", ".join(f"'text {number} ' || n AS c{number}" for number in range(1_500))
    query = f"SELECT {columns}, DATE '{FIRST}' AS dt FROM range(4000) AS numbers (n)"
    with duckdb_session(settings) as connection, pytest.raises(EngineError) as caught:
        staged_rows(connection, folder, query, spec)
    assert "for its 1,501 columns" in caught.value.message
    assert "LEDGERLAKE_MEMORY=64MiB (it is 32MiB)" in caught.value.next_step
