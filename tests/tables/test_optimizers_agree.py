"""Every table's SQL gives the same rows whatever the engine's optimizers and threads do.

The same random inputs, as in test_range_equals_days.py, go through sessions that differ in
nothing else: as runs have them, with every optimizer, with none but those that a plan cannot do
without, and on one thread.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from resources.duckdb.known_faults import disabled_optimizers
from resources.lake.model.window import Window
from tests.tables.run_sql import GivenInputs, Row, known_tables
from tests.tables.test_range_equals_days import NEW_YORK, SQL_TABLES, WINDOW, inputs_of
from warehouse_assets.modeling import functions

# Few rows: a plan that goes parallel and hashes needs to be told to.
_PARALLEL = "SET threads = 4; PRAGMA verify_parallelism"


# Of what is rare in random rows, more is tried until some come out.
_EXAMPLES, _MANY_EXAMPLES = 5, 60


@cache
def _sessions() -> dict[str, duckdb.DuckDBPyConnection]:
    names = [row[0] for row in duckdb.sql("SELECT name FROM duckdb_optimizers()").fetchall()]
    every = ",".join(name for name in names if name != "extension")
    return {
        "as in a run": _session(disabled_optimizers(), _PARALLEL),
        "every optimizer": _session("", _PARALLEL),
        "no optimizer": _session(every, _PARALLEL),
        "one thread": _session(disabled_optimizers(), "SET threads = 1"),
    }


def _session(disabled: str, more: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET disabled_optimizers = '{disabled}'; {more}")
    functions.install(connection, NEW_YORK)
    return connection


@pytest.mark.parametrize("name", SQL_TABLES)
def test_rows_are_the_same_however_they_are_computed(name: str) -> None:
    table = known_tables()[name]
    seen: Counter[str] = Counter()
    # What carries on from the day before is only ever run for one day.
    window = WINDOW if table.materialization.earlier is None else Window.of_day(WINDOW.start)

    def agree(inputs: dict[str, list[Row]]) -> None:
        found = {
            how: _counted(GivenInputs(table, inputs, window, NEW_YORK, session).run(window))
            for how, session in _sessions().items()
        }
        for how, rows in found.items():
            assert rows == found["as in a run"], how
        seen["rows"] += sum(found["as in a run"].values())

    # Which inputs come depends on what else is loaded: few of them may give no row.
    for examples in (_EXAMPLES, _MANY_EXAMPLES):
        if not seen["rows"]:
            settings(
                max_examples=examples,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=[HealthCheck.too_slow],
            )(given(inputs_of(table))(agree))()
    assert seen["rows"], "the random inputs never gave a row: the test says nothing"


def _counted(rows: list[Row]) -> Counter[tuple[Any, ...]]:
    """Rows as a bag; 1 and 1.0 and TRUE are not the same."""
    return Counter(tuple((name, type(value), value) for name, value in row.items()) for row in rows)
