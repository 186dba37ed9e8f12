"""The audit: what it counts, what it shows, and what it does not have to read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from resources.errors import EngineError, StorageError
from resources.lake.audit.audit import audit
from resources.lake.model.table_spec import ColumnSpec, Rule, Severity
from resources.lake.model.window import Window
from tests.lake.write.builders import (
    FIRST,
    LINES,
    LINES_SQL,
    ONE_DAY,
    ONE_DAY_SQL,
    SECOND,
    THIRD,
    THREE_DAYS,
    audited_rows,
    result_of,
    spec_of,
    staged_rows,
)

SMALL = Rule("pay_amount_small", "maximum", "pay_amount <= 5", column="pay_amount", maximum="5")
KNOWN = Rule("order_no_known", "isin", "order_no IN ('A1', 'A2')", column="order_no")


def test_good_rows_pass_and_are_counted(connection: DuckDBPyConnection, folder: Path) -> None:
    report = audited_rows(connection, folder, LINES_SQL, window=THREE_DAYS)
    assert report.passed
    assert report.failures() == ()
    assert report.rows == {FIRST: 4, SECOND: 4, THIRD: 4}
    assert {each.rule.check for each in report.results} == {
        "inside_window",
        "not_null",
        "unique_key",
    }


def test_failing_rows_are_counted_by_partition(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    spec = replace(LINES, rules=(SMALL, KNOWN))
    report = audited_rows(connection, folder, LINES_SQL, spec, THREE_DAYS)
    assert not report.passed
    # pay_amount is n + 0.25 and the day is n modulo 3, for n from 0 to 11.
    assert result_of(report, "pay_amount_small").failed == {FIRST: 2, SECOND: 2, THIRD: 3}
    assert result_of(report, "order_no_known").failed == {FIRST: 4, SECOND: 3, THIRD: 3}
    assert result_of(report, "order_no_known").rows == {FIRST: 4, SECOND: 4, THIRD: 4}


def test_a_warning_is_shown_but_does_not_block(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    spec = replace(LINES, rules=(replace(SMALL, severity=Severity.WARN),))
    report = audited_rows(connection, folder, ONE_DAY_SQL, spec)
    assert report.passed
    assert [(each.rule.name, each.failed) for each in report.failures()] == [
        ("pay_amount_small", {FIRST: 7})
    ]


def test_a_null_passes_rules_and_breaks_only_not_null(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    query = f"""
        SELECT * REPLACE (
            NULL::DECIMAL(18,2) AS pay_amount,
            CASE WHEN order_no <> 'A1' THEN line_no END AS line_no
        ) FROM ({ONE_DAY_SQL})
    """
    report = audited_rows(connection, folder, query, replace(LINES, rules=(SMALL,)))
    assert [(each.rule.name, each.failed) for each in report.failures()] == [
        ("line_no_not_null", {FIRST: 1})
    ]
    assert report.failures()[0].sample[0]["order_no"] == "A1"


def test_rows_outside_the_window_are_refused(connection: DuckDBPyConnection, folder: Path) -> None:
    for window, failed in ((ONE_DAY, {SECOND: 4, THIRD: 4}), (Window(FIRST, THIRD), {THIRD: 4})):
        report = audited_rows(connection, folder / str(window), LINES_SQL, window=window)
        assert not report.passed
        assert [each.rule.name for each in report.failures()] == ["inside_window"]
        assert result_of(report, "inside_window").failed == failed
        assert all(row["dt"] in failed for row in result_of(report, "inside_window").sample)
        assert report.rows == {FIRST: 4, SECOND: 4, THIRD: 4}


@pytest.mark.parametrize("window", [ONE_DAY, THREE_DAYS])
def test_rows_without_a_partition_are_refused(
    connection: DuckDBPyConnection, folder: Path, window: Window
) -> None:
    query = f"SELECT * REPLACE (CASE WHEN order_no <> 'A0' THEN dt END AS dt) FROM ({ONE_DAY_SQL})"
    report = audited_rows(connection, folder, query, window=window)
    assert [(each.rule.name, each.failed) for each in report.failures()] == [
        ("inside_window", {None: 1})
    ]
    assert report.failures()[0].sample[0]["dt"] is None
    assert report.rows[None] == 1
    assert report.rows[FIRST] == 11


def test_an_empty_day_passes_with_no_rows(connection: DuckDBPyConnection, folder: Path) -> None:
    report = audited_rows(connection, folder, f"{LINES_SQL} WHERE false", window=THREE_DAYS)
    assert report.passed
    assert report.rows == {FIRST: 0, SECOND: 0, THIRD: 0}


def test_a_day_without_rows_in_a_range_counts_as_empty(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    report = audited_rows(connection, folder, ONE_DAY_SQL, window=THREE_DAYS)
    assert report.passed
    assert report.rows == {FIRST: 12, SECOND: 0, THIRD: 0}


def test_a_table_replaced_whole_has_no_window(connection: DuckDBPyConnection, folder: Path) -> None:
    spec = replace(
        spec_of({"city": "VARCHAR"}, key=("city",), partition=None),
        columns=(ColumnSpec("city", "VARCHAR", ""),),
    )
    query = "SELECT unnest(['Wuhan', 'Wuhan', NULL]) AS city"
    report = audited_rows(connection, folder, query, spec, None)
    assert {each.rule.name: each.failed for each in report.results} == {
        "city_not_null": {None: 1},
        "unique_key": {None: 1},
    }
    assert report.rows == {None: 3}


def test_what_statistics_prove_is_not_read(connection: DuckDBPyConnection, folder: Path) -> None:
    march = "TIMESTAMPTZ '2026-03-01 00:00:00Z'"
    spec = replace(
        LINES,
        rules=(
            Rule("at_least_0", "ge", "pay_amount >= 0", column="pay_amount", minimum="0"),
            replace(SMALL, expression="pay_amount <= 11.25", maximum="11.25"),
            Rule(
                "early", "le", "dt <= DATE '2026-03-31'", column="dt", maximum="DATE '2026-03-31'"
            ),
            Rule("lately", "ge", f"paid_at >= {march}", column="paid_at", minimum=march),
        ),
        key=(),
    )
    staged = staged_rows(connection, folder, LINES_SQL, spec, THREE_DAYS)
    for file in staged.files:
        Path(file.path).unlink()
    report = audit(connection, spec, staged, THREE_DAYS)
    assert report.passed
    assert report.rows == {FIRST: 4, SECOND: 4, THIRD: 4}


def test_a_staged_file_that_is_gone_is_a_storage_error(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    staged = staged_rows(connection, folder, ONE_DAY_SQL)
    Path(staged.files[0].path).unlink()
    with pytest.raises(StorageError, match=r"fact.dwd_order_detail, 2026-03-01"):
        audit(connection, LINES, staged, ONE_DAY)


@pytest.mark.parametrize("bound", [None, "no_such_function(1)"])
def test_a_rule_that_is_no_sql_is_an_engine_error(
    connection: DuckDBPyConnection, folder: Path, bound: str | None
) -> None:
    rule = Rule("odd", "custom", "pay_amount >= oops(1)", column="pay_amount", minimum=bound)
    with pytest.raises(EngineError, match=r"(?s)fact.dwd_order_detail, 2026-03-01.*oops"):
        audited_rows(connection, folder, ONE_DAY_SQL, replace(LINES, rules=(rule,)))


@pytest.mark.parametrize(
    ("expression", "broken"),
    [
        ("SUM(refund_amount) > 0", True),
        ("COALESCE(SUM(refund_amount), 0) = 0", False),
        ("SUM(refund_amount) IS NULL", False),
        ("MAX(refund_amount) < 0 OR COUNT(*) > 0", False),
    ],
)
def test_a_guard_that_is_null_is_broken(
    connection: DuckDBPyConnection, folder: Path, expression: str, broken: bool
) -> None:
    guard = Rule("told", "told", expression, whole_partition=True)
    spec = spec_of({"refund_amount": "DECIMAL(18,2)"}, rules=(guard,), partition=None)
    nothing = "SELECT CAST(NULL AS DECIMAL(18,2)) AS refund_amount FROM range({})"
    for rows in (3, 0):
        report = audited_rows(connection, folder / str(rows), nothing.format(rows), spec, None)
        found = result_of(report, "told").failed
        expected = broken or (rows == 0 and "COUNT" in expression)
        assert found == ({None: max(rows, 1)} if expected else {})
