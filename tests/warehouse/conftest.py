"""The sample lake as one database: every table a view, to be asked in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from resources.lake.lake import Lake
from resources.settings import Settings
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def query(sample: Settings) -> Iterator[Query]:
    """Rows of a SELECT over the sample lake's tables."""
    lake = Lake(sample)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        functions.install(connection, sample.time_zone)
        for table in load_warehouse().tables.values():
            relation = lake.relation_sql(lake.snapshot(table.spec), None)
            connection.execute(f"CREATE TEMP VIEW {table.name} AS {relation}")
        yield lambda sql: connection.execute(sql).fetchall()
