"""docs/portable_sql.md says the truth: what it lists is allowed, what it calls refused is."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot.errors import ParseError

from tests.duckdb.reach import calls, table_functions
from warehouse_assets.modeling.functions import sql_functions
from warehouse_assets.modeling.functions.framework_functions import FRAMEWORK_FUNCTIONS
from warehouse_assets.modeling.portability import ValueTypes, allowed, refusals

PAGE = (Path(__file__).parents[3] / "docs" / "portable_sql.md").read_text(encoding="utf-8")
COLUMNS = {
    "n": "BIGINT",
    "m": "DECIMAL(18,2)",
    "t": "VARCHAR",
    "d": "DATE",
    "at": "TIMESTAMP WITH TIME ZONE",
}
CODE = re.compile(r"`([^`]+)`")


def section(title: str) -> list[list[str]]:
    """The rows of the table below a title, cell by cell."""
    text = PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines
    ]


def judged(sql: str) -> list[str]:
    """Why an expression over the columns, or a SELECT, is refused."""
    house = sql_functions()
    written = sql if sql.startswith(("SELECT", "WITH")) else f"SELECT {sql} AS x FROM x"
    try:
        tree = sqlglot.parse_one(written, dialect="duckdb")
    except ParseError:
        return ["it does not parse"]
    types = ValueTypes(tree, {"x": COLUMNS, "y": COLUMNS}, house)
    return [refusal.reason for refusal in (*refusals(tree, house), *types.refusals())]


REFUSED = [code for row in section("What is refused, and what to write")
           for code in CODE.findall(row[0])]  # fmt: skip


def test_the_page_lists_enough() -> None:
    assert len(REFUSED) > 80


@pytest.mark.parametrize("sql", REFUSED)
def test_what_the_page_calls_refused_is(sql: str) -> None:
    assert judged(sql)


def test_what_the_page_says_to_write_is_allowed() -> None:
    advised = [code for row in section("What is refused, and what to write")
               for code in CODE.findall(row[2])]  # fmt: skip
    expressions = [code for code in advised if "..." not in code and re.search(r"[(+'.]", code)]
    assert len(expressions) > 15
    for sql in expressions:
        named = sql.replace("part, whole", "m, n").replace("amount, rate", "m, m")
        if not sql.startswith("json_events"):
            assert judged(named) == [], sql


def listed(kind: str) -> set[str]:
    [row] = [row for row in section("What there is") if row[0] == kind]
    return set(CODE.findall(row[1]))


def test_the_page_lists_exactly_what_there_is() -> None:
    assert listed("functions") == set(allowed.FUNCTIONS.values())
    assert listed("operators") == set(allowed.OPERATORS.values())
    assert listed("types of `CAST`") == set(allowed.TYPES.values())
    house = {CODE.findall(row[0])[0].partition("(")[0]: row[1] for row in
             section("Functions of the warehouse")}  # fmt: skip
    assert house == {function.name: function.returns for function in FRAMEWORK_FUNCTIONS}


ALLOWED = [
    "CASE WHEN n > 1 THEN m ELSE -m END",
    "CASE t WHEN 'a' THEN COALESCE(m, 0) END",
    "CAST(d - INTERVAL 30 DAY AS DATE)",
    "COUNT(DISTINCT n)",
    "SUM(m) OVER (PARTITION BY t ORDER BY d ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
    "MAX(at)",
    "COALESCE(at, at)",
    "at < at",
    "n IN (1, 2) AND t NOT LIKE 'a%' AND d BETWEEN :start AND :end",
    "business_hour(CASE WHEN n = 1 THEN at END)",
    "NULLIF(TRIM(LOWER(t)), '')",
    "ROUND(m, 1) % 2",
    "CAST(ROUND(m) AS BIGINT) = n AND CAST(t AS BIGINT) = n",
    "regexp_matches(t, '^[A-Z]{2}(-|/)\\d+\\.\\w*[^.$]\\z')",
    "SUBSTRING(t, 1, 2) LIKE 'a_%'",
    "LAG(d, 1, DATE '2026-01-01') OVER (PARTITION BY t ORDER BY t, n)",
    "x.current_role",
    "SELECT x.n FROM x LEFT JOIN y USING (n) WHERE x.at >= y.at",
    "SELECT n FROM x WHERE NOT EXISTS (SELECT 1 FROM y WHERE y.n = x.n)",
    "SELECT n FROM x WHERE n NOT IN (SELECT n FROM y)",
    "WITH c AS (SELECT n, at FROM x) SELECT n, MAX(at) AS at FROM c GROUP BY n HAVING COUNT(*) > 1",
    "SELECT n FROM x QUALIFY ROW_NUMBER() OVER (PARTITION BY n ORDER BY at DESC) = 1",
    "SELECT n FROM x UNION ALL SELECT n FROM y EXCEPT SELECT 1",
    "SELECT v.a FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b)",
    "SELECT LOWER(t) AS t, UPPER(t) AS u FROM x WHERE t = 'A'",
    "SELECT LOWER(t) AS t, COUNT(*) AS c FROM x GROUP BY t",
    "SELECT x.n AS n, SUM(m) AS m FROM x GROUP BY x.n HAVING n > 1",
    "SELECT b AS k, a AS b FROM (VALUES (1, 2)) AS v(a, b)",
    "WITH c AS (SELECT n AS k FROM x UNION ALL SELECT n FROM y) SELECT k, k + 1 AS j FROM c",
    "SELECT n + 1 AS k FROM x WHERE EXISTS (SELECT 1 FROM (SELECT n AS k FROM y) AS q WHERE k = 1)",
    "SELECT dt, MEASURE(gmv) AS gmv FROM (SELECT d AS dt FROM x) AS q GROUP BY dt",
]


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_is_portable_is_allowed(sql: str) -> None:
    assert judged(sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST(c.seen AS DATE) AS x FROM (SELECT MAX(at) AS seen FROM x) AS c",
        "WITH c AS (SELECT at AS seen FROM x UNION ALL SELECT at FROM y) "
        "SELECT UPPER(seen) AS x FROM c",
        "SELECT (SELECT MAX(at) FROM x) >= DATE '2026-01-01' AS x",
        "SELECT CASE WHEN n = 1 THEN at ELSE d END AS x FROM x",
        "SELECT COALESCE(d, 'today') AS x FROM x",
        "SELECT LAG(at) OVER (ORDER BY n) || '' AS x FROM x",
        "WITH c(seen) AS (SELECT at FROM x) SELECT CAST(seen AS VARCHAR) AS x FROM c",
        "WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c) SELECT n FROM c",
        "SELECT n FROM fact.x",
        "SELECT n FROM x WHERE t IN (SELECT t FROM y LIMIT 3)",
        "SELECT SUM(n) OVER (ORDER BY d RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW)"
        " FROM x",
        "SELECT COLUMNS('n') FROM x",
        "SELECT x.* EXCLUDE (n) FROM x",
        "SELECT n FROM x WHERE n = ?",
        "SELECT n FROM x WHERE n = :today",
        "SELECT d FROM x UNION ALL SELECT 'today'",
        'SELECT "at" FROM x UNION ALL SELECT t FROM y',
        "SELECT v.a FROM (VALUES (DATE '2026-01-01'), ('today')) AS v(a)",
        "SELECT x.n FROM x JOIN (SELECT t AS d, n FROM y) AS z USING (d)",
        "SELECT x.n FROM x, (SELECT x.n + 1 AS k) AS s",
        "SELECT x.n FROM x JOIN (SELECT y.n FROM y WHERE y.n = x.n) AS s ON TRUE",
        "SELECT x.n FROM x JOIN (SELECT n FROM y UNION SELECT x.n AS n) AS s ON TRUE",
    ],
)
def test_nothing_slips_through_a_query_inside(sql: str) -> None:
    assert judged(sql)


@pytest.mark.parametrize(
    "sql",
    ['"current_date"', '"localtimestamp"', "current_role", "user", "rowid", "x.rowid", '"RowId"'],
)
def test_a_name_that_is_no_column_is_no_way_to_the_engine_s_own_values(sql: str) -> None:
    """DuckDB takes such a name for a function, in quotes too, where no column has it."""
    assert judged(sql)


@pytest.mark.parametrize("number", [f"0.{'1234567890' * 4}", "9" * 40, f"{'9' * 30}.{'9' * 9}"])
def test_a_number_that_duckdb_would_read_as_a_double_is_refused(number: str) -> None:
    assert duckdb.sql(f"SELECT typeof({number})").fetchall() == [("DOUBLE",)]
    assert judged(f"n * {number}")


def test_a_number_of_as_many_digits_as_a_decimal_has_is_allowed() -> None:
    for number in ("9" * 38, f"0.{'1' * 37}"):
        assert "DOUBLE" not in str(duckdb.sql(f"SELECT typeof({number})").fetchall())
        assert judged(f"n + {number}") == []


@pytest.mark.parametrize(
    "window",
    ["ORDER BY 1", "ORDER BY NULL", "ORDER BY 'n'", "ORDER BY :start", "ORDER BY (SELECT 1)",
     "PARTITION BY n ORDER BY n", "PARTITION BY n, t ORDER BY t DESC, n"],
)  # fmt: skip
def test_an_order_that_orders_nothing_is_none(window: str) -> None:
    assert judged(f"ROW_NUMBER() OVER ({window})")
    assert judged(f"SUM(m) OVER ({window} ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)")


@pytest.mark.parametrize(
    "sql",
    ["CASE d WHEN 'today' THEN 1 END", "NULLIF(d, 'today')", "LAG(d, 1, 'today') OVER (ORDER BY n)",
     "d = REPLACE('xoday', 'x', 't')", "(d, n) = ('today', 1)", "(d, n) IN (('today', 1))",
     "days_between(d, 'today')", "days_between(d, t)", "NULLIF(\"at\", 'now')",
     "CASE \"at\" WHEN 'now' THEN 1 END", "LEAD(\"at\", 1, 'now') OVER (ORDER BY n)"],
)  # fmt: skip
def test_no_text_becomes_a_date_or_an_instant(sql: str) -> None:
    assert judged(sql)


@pytest.mark.parametrize(
    "sql",
    ["'1.5' * 2", "t + n", "-t", "n = t", "n IN ('1')", "m BETWEEN '1' AND '2'", "COALESCE(n, t)",
     "CASE WHEN n = 1 THEN 1.5 ELSE '2.5' END", "divide_money('0.1', 3)", "SUM(m) = t",
     "SELECT n FROM x UNION SELECT t FROM y"],
)  # fmt: skip
def test_no_text_becomes_a_number_but_by_a_cast(sql: str) -> None:
    assert judged(sql)


@pytest.mark.parametrize(
    "sql",
    [r"t LIKE 'a\_b'", r"regexp_matches(t, '^(?i)a\z')", r"regexp_matches(t, '^\p{Han}\z')",
     r"regexp_matches(t, '^[[:alpha:]]\z')", "regexp_matches(t, t)", "SUBSTRING(t, 0, 2)",
     r"regexp_matches(t, '^\s\z')", r"regexp_matches(t, '^[\s]\z')", r"regexp_matches(t, '^.\z')",
     r"regexp_matches(t, '^a$\z')", r"regexp_matches(t, '^a\\z')", "regexp_matches(t, '^a$')",
     r"regexp_matches(t, '^a|b\z')", r"regexp_matches(t, '^(a|b)|c\z')",
     r"regexp_matches(t, 'a\z')",
     r"regexp_matches(t, '^[a-z&&[b]]\z')", r"regexp_matches(t, '^[]a]\z')", "t ~ 'a'",
     r"regexp_matches(t, '^a\z', 'i')", "regexp_full_match(t, 'a')", "t SIMILAR TO 'a'",
     "d + INTERVAL '1.5' DAY", "CAST(1.5 AS BIGINT)", "CAST(m AS INTEGER)", "SUM(n = 1)",
     "CAST(n = 1 AS VARCHAR)", "SUM(m) OVER (ORDER BY n ROWS n PRECEDING)",
     "SELECT n FROM x INTERSECT ALL SELECT n FROM y", "SELECT n FROM x EXCEPT ALL SELECT n FROM y",
     "COUNT(DISTINCT (n, m))"],
)  # fmt: skip
def test_what_another_engine_reads_otherwise_is_refused(sql: str) -> None:
    assert judged(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT q.b FROM (SELECT n AS a, a AS b FROM x) AS q",
        "WITH c AS (SELECT n AS k, K + 1 AS b FROM x) SELECT b FROM c",
        "SELECT n + 1 AS k FROM x WHERE EXISTS (SELECT 1 FROM y WHERE y.n = k)",
        "SELECT n + 1 AS k, ROW_NUMBER() OVER (ORDER BY k, n) AS r FROM x",
        "SELECT n + 1 AS k FROM x UNION ALL SELECT n + 2 AS k FROM y WHERE k = 1",
        "SELECT n + 1 AS k FROM x JOIN y USING (n) WHERE CASE WHEN k = 1 THEN TRUE END",
        "SELECT DISTINCT n + 1 AS k FROM x GROUP BY k",
        "SELECT v.a + 1 AS z, z AS y FROM (VALUES (1, 2)) AS v(a, b)",
        "SELECT LOWER(t) AS t FROM x QUALIFY ROW_NUMBER() OVER (PARTITION BY t ORDER BY n) = 1",
        "SELECT MAX(n) AS n FROM x HAVING SUM(n) > 1",
    ],
)
def test_a_name_that_as_gives_is_for_the_query_around(sql: str) -> None:
    assert any("AS " in reason for reason in judged(sql))


def test_no_function_that_gives_rows_may_stand_in_from(tmp_path: Path) -> None:
    for name in table_functions() | {"unnest"}:
        queries = list(calls(name, tmp_path))
        assert queries, name
        for query in queries:
            assert judged(query.replace("*", "n")), query
