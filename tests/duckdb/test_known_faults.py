"""Rows that the pinned DuckDB gets wrong by itself, and that a session gets right.

Each query fails with its optimizer on. When a new pin makes one of these tests fail, the fault is
gone: remove it from resources/duckdb/known_faults.py and here.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from resources.duckdb.known_faults import KNOWN_FAULTS, disabled_optimizers


class Case(NamedTuple):
    optimizer: str
    setup: str
    query: str
    right: list[tuple[object, ...]]


PAYMENTS = """
    CREATE TABLE payment (
        order_no VARCHAR, amount DECIMAL(18,2), paid_at TIMESTAMP, status VARCHAR
    );
    INSERT INTO payment VALUES
        ('A', 10, '2026-01-05 08:00', 'paid'), ('A', 11, '2026-01-05 09:00', 'failed'),
        ('B', 20, '2026-01-05 08:00', 'failed'), ('C', 30, '2026-01-05 08:00', 'open');
"""
PRICES = """
    CREATE TABLE price (sku_id INT, amount DECIMAL(18,2), version_no INT, shop VARCHAR);
    INSERT INTO price VALUES (1, 100, 1, 'a'), (1, 200, 2, 'a');
"""
PLACES = """
    CREATE TABLE place (id INT, name VARCHAR);
    INSERT INTO place VALUES (0, 'a'), (1, 'h'), (2, 'o');
    CREATE TABLE road (a INT, b INT);
    INSERT INTO road VALUES (0, 1), (0, 0), (0, 2), (0, 1), (0, 0), (0, 2);
"""

CASES = {
    "ranking by NULL loses the rows of a key": Case(
        "top_n_window_elimination",
        PAYMENTS,
        """
        SELECT order_no, amount FROM payment
        QUALIFY row_number() OVER (
            PARTITION BY order_no ORDER BY CASE WHEN status = 'paid' THEN paid_at END DESC
        ) <= 2
        ORDER BY 1, 2
        """,
        [("A", 10), ("A", 11), ("B", 20), ("C", 30)],
    ),
    "the best row of a key whose order is NULL has no values": Case(
        "top_n_window_elimination",
        PAYMENTS,
        """
        SELECT order_no, amount FROM payment
        QUALIFY row_number() OVER (
            PARTITION BY order_no ORDER BY CASE WHEN status = 'paid' THEN paid_at END DESC
        ) = 1
        ORDER BY 1
        """,
        [("A", 10), ("B", 20), ("C", 30)],
    ),
    "no rows become a row of NULLs": Case(
        "top_n_window_elimination",
        PAYMENTS,
        """
        SELECT n FROM (SELECT count(*) AS n FROM payment) AS counted WHERE n > 100
        QUALIFY row_number() OVER (ORDER BY n DESC) = 1
        """,
        [],
    ),
    "the first of no rows is a row": Case(
        "top_n_window_elimination",
        "CREATE TABLE nothing (a INT, b INT);",
        "SELECT a FROM nothing QUALIFY row_number() OVER (ORDER BY b) <= 1",
        [],
    ),
    "equal rows become one": Case(
        "top_n_window_elimination",
        """
        CREATE TABLE item (id INT, k INT, name VARCHAR); INSERT INTO item VALUES (1, 1, 'x');
        CREATE TABLE sale (k INT, day INT); INSERT INTO sale VALUES (1, 20), (1, 10);
        """,
        """
        SELECT id, name
        FROM (SELECT i.id, i.name, s.day FROM item AS i JOIN sale AS s ON s.k = i.k) AS sold
        QUALIFY row_number() OVER (ORDER BY day DESC NULLS LAST) <= 2
        """,
        [(1, "x"), (1, "x")],
    ),
    "the latest joined with the earlier stops the engine": Case(
        "top_n_window_elimination",
        PRICES,
        """
        WITH latest AS (
            SELECT sku_id, amount FROM price
            QUALIFY row_number() OVER (PARTITION BY sku_id ORDER BY version_no DESC) = 1
        ), earlier AS (
            SELECT p.sku_id, p.shop, p.amount,
                row_number() OVER (PARTITION BY p.sku_id ORDER BY p.version_no DESC) AS place
            FROM price AS p JOIN latest AS n ON n.sku_id = p.sku_id
            WHERE abs(p.amount - n.amount) >= 1
        )
        SELECT sku_id, shop, amount FROM earlier WHERE place = 1
        """,
        [(1, "a", 100)],
    ),
    "two windows are taken for one": Case(
        "window_self_join",
        """
        CREATE TABLE seat (name VARCHAR, id INT, hall VARCHAR);
        INSERT INTO seat VALUES ('a', NULL, ''), ('b', 2, '');
        """,
        """
        SELECT name, max(id) OVER (PARTITION BY id, hall), min(id) OVER (PARTITION BY hall, hall)
        FROM seat ORDER BY name
        """,
        [("a", None, 2), ("b", 2, 2)],
    ),
    "arms of a union read each other's columns": Case(
        "common_subplan",
        PLACES,
        """
        WITH pair AS NOT MATERIALIZED (
            SELECT DISTINCT r.a, r.b
            FROM road AS r JOIN place AS x ON x.id = r.a JOIN place AS y ON y.id = r.b
            WHERE x.name < y.name
        )
        SELECT p.b AS n, x.name || '-' || y.name AS names
        FROM pair AS p JOIN place AS x ON x.id = p.a JOIN place AS y ON y.id = p.b
        WHERE x.name < y.name
        UNION ALL
        SELECT y.id, CAST(x.id AS VARCHAR)
        FROM pair AS p JOIN place AS x ON x.id = p.a JOIN place AS y ON y.id = p.b
        WHERE x.name < y.name
        ORDER BY 1, 2
        """,
        [(1, "0"), (1, "a-h"), (2, "0"), (2, "a-o")],
    ),
    "EXISTS over a derived table finds nothing": Case(
        "deliminator",
        """
        CREATE TABLE post (id INT, views INT, likes INT);
        INSERT INTO post VALUES (1, 100, 10), (2, 150, 20), (3, NULL, 5), (4, 50, 2), (5, 300, 30);
        """,
        """
        SELECT count(*) FROM post AS a WHERE EXISTS (
            SELECT 1 FROM (
                SELECT a.id AS outer_id, b.views FROM post AS b WHERE a.likes > b.likes
            ) AS fewer
            WHERE fewer.views <> a.likes
        )
        """,
        [(4,)],
    ),
    "EXISTS over a missing partner is true": Case(
        "deliminator",
        """
        CREATE TABLE id (id INT); INSERT INTO id VALUES (1), (2);
        CREATE TABLE home (k INT, w INT); INSERT INTO home VALUES (1, 5);
        CREATE TABLE event (id INT, w INT); INSERT INTO event VALUES (1, 6), (2, 6);
        """,
        """
        SELECT id.id, EXISTS (SELECT 1 FROM event AS e WHERE e.id = id.id AND home.w <> e.w)
        FROM id LEFT JOIN home ON id.id = home.k ORDER BY 1
        """,
        [(1, True), (2, False)],
    ),
    "a join that multiplies rows is left out": Case(
        "join_elimination",
        """
        CREATE TABLE kind (k INT); INSERT INTO kind VALUES (1), (1), (2), (3);
        CREATE TABLE thing (k INT); INSERT INTO thing VALUES (1), (2), (4);
        """,
        """
        SELECT count(*) FROM thing LEFT JOIN (
            SELECT k, unnest([1, 2, 3]) AS e FROM (SELECT DISTINCT k FROM kind)
        ) AS many ON many.k = thing.k
        """,
        [(7,)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_session_gets_it_right(name: str, connection: DuckDBPyConnection) -> None:
    case = CASES[name]
    connection.execute(case.setup)
    assert connection.execute(case.query).fetchall() == case.right


@pytest.mark.parametrize("name", CASES)
def test_the_engine_by_itself_does_not(name: str) -> None:
    case = CASES[name]
    others = [each.optimizer for each in KNOWN_FAULTS if each.optimizer != case.optimizer]
    with duckdb.connect(config={"threads": 1}) as bare:
        bare.execute(f"SET disabled_optimizers = '{','.join(others)}'")
        bare.execute(case.setup)
        try:
            found = bare.execute(case.query).fetchall()
        except duckdb.InternalException:
            return
    assert found != case.right, f"{case.optimizer} no longer fails: it can be switched on again"


def test_every_optimizer_that_is_off_has_its_case() -> None:
    assert {case.optimizer for case in CASES.values()} == {f.optimizer for f in KNOWN_FAULTS}


def test_a_persons_anti_join_keeps_what_has_no_partner(connection: DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE few AS SELECT 10 AS n")
    connection.execute("CREATE TABLE many AS SELECT range AS tag, 100 AS n FROM range(0, 40, 10)")
    query = """
        SELECT few.n FROM few
        ANTI JOIN (SELECT n FROM many WHERE tag % 7 = 5) AS none_at_all ON few.n <= none_at_all.n
    """
    assert connection.execute(query).fetchall() == [], "the fault is gone: see known_faults.py"
    connection.execute(f"SET disabled_optimizers = '{disabled_optimizers(query)}'")
    assert connection.execute(query).fetchall() == [(10,)]


@pytest.mark.parametrize(
    "condition",
    ["n IS DISTINCT FROM 1 OR n IS DISTINCT FROM 2", "flag IS NOT TRUE OR flag IS NOT FALSE"],
)
def test_a_persons_query_loses_no_row_that_is_null(
    condition: str, connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    file = tmp_path / "nulls.parquet"
    rows = "SELECT CAST(NULL AS INT) AS n, CAST(NULL AS BOOLEAN) AS flag FROM range(2)"
    connection.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet)")
    query = f"SELECT count(*) FROM (SELECT n FROM '{file}' WHERE {condition})"
    assert connection.execute(query).fetchall() == [(0,)], "the fault is gone: see known_faults.py"
    connection.execute(f"SET disabled_optimizers = '{disabled_optimizers(query)}'")
    assert connection.execute(query).fetchall() == [(2,)]
