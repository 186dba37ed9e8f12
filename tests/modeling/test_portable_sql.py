"""docs/portable_sql.md says the truth: what it lists is allowed, what it calls refused is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot.errors import ParseError

from warehouse_assets.modeling.functions import sql_functions
from warehouse_assets.modeling.functions.kit import KIT_FUNCTIONS
from warehouse_assets.modeling.portable import ValueTypes, allowed, refusals

PAGE = (Path(__file__).parents[2] / "docs" / "portable_sql.md").read_text(encoding="utf-8")
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
             section("Functions of the house")}  # fmt: skip
    assert house == {function.name: function.returns for function in KIT_FUNCTIONS}


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
    "SELECT x.n FROM x LEFT JOIN y USING (n) WHERE x.at >= y.at",
    "SELECT n FROM x WHERE NOT EXISTS (SELECT 1 FROM y WHERE y.n = x.n)",
    "SELECT n FROM x WHERE n NOT IN (SELECT n FROM y)",
    "WITH c AS (SELECT n, at FROM x) SELECT n, MAX(at) AS at FROM c GROUP BY n HAVING COUNT(*) > 1",
    "SELECT n FROM x QUALIFY ROW_NUMBER() OVER (PARTITION BY n ORDER BY at DESC) = 1",
    "SELECT n FROM x UNION ALL SELECT n FROM y EXCEPT SELECT 1",
    "SELECT v.a FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b)",
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
    ],
)
def test_nothing_slips_through_a_query_inside(sql: str) -> None:
    assert judged(sql)
