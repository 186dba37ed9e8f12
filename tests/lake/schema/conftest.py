"""A lake with a table to evolve."""

from __future__ import annotations

import pytest

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.lake.builders import (
    FIRST,
    publish_sql,
)
from tests.lake.schema.builders import BEFORE, select_for


@pytest.fixture
def sales(lake: Lake) -> Lake:
    """A lake in which the table has a published day."""
    publish_sql(lake, BEFORE, Window.of_day(FIRST), select_for(BEFORE, FIRST))
    return lake
