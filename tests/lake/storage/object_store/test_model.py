"""On S3, too, a table holds exactly what a dictionary would."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from resources.lake.model.window import Window
from tests.lake.builders import Row
from tests.lake.publish.merge.test_model import MERGES, Step, check_merges, rewriting_early
from tests.lake.publish.test_model import SEQUENCES, check_publishes
from tests.lake.storage.object_store.lake_on_s3 import lake_on_s3
from tests.servers.s3 import S3Server

__all__ = ["rewriting_early"]

SHORT = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@SHORT
@given(SEQUENCES)
def test_publishes(s3: S3Server, sequence: list[tuple[Window, dict[date, list[Row]]]]):
    with tempfile.TemporaryDirectory() as home:
        check_publishes(lake_on_s3(s3, Path(home), snapshots_kept=1), sequence)


@SHORT
@given(MERGES)
@pytest.mark.usefixtures("rewriting_early")
def test_merges(s3: S3Server, sequence: list[Step]):
    with tempfile.TemporaryDirectory() as home:
        check_merges(lake_on_s3(s3, Path(home)), sequence)
