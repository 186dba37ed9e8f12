"""A lake with three days to read."""

from __future__ import annotations

import pytest
from duckdb import DuckDBPyConnection

from resources.lake.lake import Lake
from resources.settings import Settings
from tests.lake.read.builders import USERS_SQL, LakeForTest
from tests.lake.write.builders import THREE_DAYS


@pytest.fixture
def users(settings: Settings, connection: DuckDBPyConnection) -> LakeForTest:
    """A lake in which three days of users are published, two users a day."""
    made = LakeForTest(Lake(settings), connection)
    made.publish(THREE_DAYS, USERS_SQL)
    return made
