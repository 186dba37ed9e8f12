"""A lake of its own for each test, and processes that can be killed."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from tests.duckdb.conftest import connection, folder, settings, shared_connection
from tests.lake.builders import open_lake

__all__ = ["connection", "folder", "settings", "shared_connection"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return open_lake(tmp_path / "home")


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Starts real processes, each forked in milliseconds from one that has imported all."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(
        ["tests.lake.publish.children", "tests.lake.publish.merge.children"]
    )
    return forking
