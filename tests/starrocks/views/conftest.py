"""A lake of three days whose view the stand-in serves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.starrocks.client.client import StarRocks
from tests.starrocks.served_lake import (
    Serving,
    new_lake,
)
from tests.starrocks_stand_in import StandIn


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """Three days, one row each, served."""
    lake = new_lake(tmp_path / "home")
    with StandIn.start(lake.settings) as stand_in, StarRocks(stand_in.settings) as client:
        yield Serving(lake, stand_in, stand_in.settings, client)
