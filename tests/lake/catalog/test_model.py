"""With the catalog in PostgreSQL, too, a table holds exactly what a dictionary would."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from resources.lake.model.window import Window
from tests.lake.builders import Row, open_lake
from tests.lake.catalog.shared_catalog import lake_on_postgres
from tests.lake.publish.merge.test_model import MERGES, Step, check_merges, rewriting_early
from tests.lake.publish.test_model import SEQUENCES, check_publishes
from tests.servers.postgres import PostgresDatabase

__all__ = ["rewriting_early"]

SHORT = settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@SHORT
@given(SEQUENCES)
def test_publishes(
    postgres: PostgresDatabase, sequence: list[tuple[Window, dict[date, list[Row]]]]
):
    with tempfile.TemporaryDirectory() as folder:
        home = lake_on_postgres(postgres.new_database(), Path(folder)).settings.home
        check_publishes(open_lake(home, snapshots_kept=1), sequence)


@SHORT
@given(MERGES)
@pytest.mark.usefixtures("rewriting_early")
def test_merges(postgres: PostgresDatabase, sequence: list[Step]):
    with tempfile.TemporaryDirectory() as folder:
        check_merges(lake_on_postgres(postgres.new_database(), Path(folder)), sequence)
