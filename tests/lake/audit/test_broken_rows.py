"""The sample of broken rows: which rows it shows, and what is read to find them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from resources.lake.audit import broken_rows
from resources.lake.model.table_spec import Rule
from resources.lake.write.staging import StagedFile
from tests.lake.write.builders import (
    FIRST,
    LINES,
    LINES_SQL,
    ONE_DAY_SQL,
    SECOND,
    THREE_DAYS,
    audited_rows,
    result_of,
    spec_of,
)


def test_the_sample_is_plain_values_of_the_offending_rows(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    gift = Rule("no_gifts", "custom", "NOT is_gift", column="is_gift")
    report = audited_rows(connection, folder, ONE_DAY_SQL, replace(LINES, rules=(gift,)))
    (row,) = result_of(report, "no_gifts").sample
    assert row == {
        "order_no": "A1",
        "line_no": 1,
        "is_gift": True,
        "dt": FIRST,
        "pay_amount": Decimal("1.25"),
        "paid_at": datetime(2026, 3, 1, tzinfo=UTC),
    }
    assert list(row)[:4] == ["order_no", "line_no", "is_gift", "dt"]


def test_the_sample_is_bounded_in_rows_columns_and_text(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    names = [f"c{number:02}" for number in range(80)]
    spec = spec_of(
        dict.fromkeys(names, "VARCHAR"),
        rules=(Rule("short", "custom", "length(c29) < 10", column="c29"),),
    )
    columns = ", ".join(f"repeat('x', 5000) AS {name}" for name in names)
    query = f"SELECT {columns}, DATE '{FIRST}' AS dt FROM range(100)"
    sample = result_of(audited_rows(connection, folder, query, spec), "short").sample
    assert len(sample) == 5
    assert list(sample[0])[:2] == ["c29", "dt"]
    assert 12 <= len(sample[0]) < 80
    assert all(len(str(value)) <= 201 for value in sample[0].values())


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[StagedFile]]:
    """Grows with each look for bad rows, by the files that it reads."""
    found: list[Sequence[StagedFile]] = []
    staged_relation = broken_rows.staged_relation

    def spy(files: Sequence[StagedFile]) -> str:
        found.append(files)
        return staged_relation(files)

    monkeypatch.setattr(broken_rows, "staged_relation", spy)
    return found


def test_each_broken_rule_shows_rows_of_its_own(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    every = (1, 2, 3, 7, 500, 999)
    rules = tuple(
        Rule(f"no_{step}", "custom", f"line_no % {step} <> 0", column="line_no") for step in every
    )
    query = (
        "SELECT 'A' AS order_no, n + 1 AS line_no, CAST(n AS DECIMAL(18,2)) AS pay_amount, "
        "NULL AS paid_at, NULL AS is_gift, "
        f"DATE '{FIRST}' + CAST(n // 400 AS INTEGER) AS dt FROM range(1000) AS numbers (n)"
    )
    report = audited_rows(connection, folder, query, replace(LINES, rules=rules), THREE_DAYS)
    assert len(report.failures()) == len(every)
    for step in every:
        found = result_of(report, f"no_{step}")
        shown = {row["line_no"] for row in found.sample}
        assert sum(found.failed.values()) == 1000 // step
        assert len(shown) == len(found.sample) == min(5, 1000 // step)
        assert all(isinstance(number, int) and number % step == 0 for number in shown)


@pytest.mark.parametrize(
    ("condition", "looks"),
    [
        pytest.param("n >= 0", 1, id="every row breaks every rule"),
        pytest.param("n < 5 * rule", 1, id="the same few rows break many rules"),
        pytest.param("n < 4000 OR n = 4000 + rule", 1, id="most rows break every rule"),
        pytest.param("n = 1500 * rule", 1, id="one row a rule"),
        pytest.param("n % 2 = 0 AND rule = 1 OR n % 900 = 0", 2, id="one rule, and a rare one"),
    ],
)
def test_bad_rows_of_many_rules_are_found_in_few_looks(
    connection: DuckDBPyConnection,
    folder: Path,
    looked_at: list[Sequence[StagedFile]],
    condition: str,
    looks: int,
) -> None:
    rules = tuple(
        Rule(f"rule_{number}", "custom", f"NOT ({condition.replace('rule', str(number))})")
        for number in range(1, 7)
    )
    spec = spec_of({"n": "BIGINT"}, rules=rules)
    query = f"SELECT n, DATE '{FIRST}' AS dt FROM range(10000) AS numbers (n)"
    report = audited_rows(connection, folder, query, spec)
    assert len(report.failures()) == len(rules)
    assert len(looked_at) == looks


def test_only_files_with_bad_rows_are_looked_at_for_a_sample(
    connection: DuckDBPyConnection, folder: Path, looked_at: list[Sequence[StagedFile]]
) -> None:
    gift = Rule("no_gifts", "custom", "NOT is_gift", column="is_gift")
    audited_rows(connection, folder, LINES_SQL, replace(LINES, rules=(gift,)), THREE_DAYS)
    assert [[file.partition for file in files] for files in looked_at] == [[SECOND]]
