"""A lake of its own for each test, and processes that can be killed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from itertools import count
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from tests.duckdb.conftest import connection, folder, settings, shared_connection
from tests.lake.builders import open_lake
from tests.lake.places import Place, place_on_postgres, place_on_s3, place_on_sqlite

__all__ = ["connection", "folder", "settings", "shared_connection"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return open_lake(tmp_path / "home")


@pytest.fixture
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Place]:
    """Makes an empty lake each time: on "sqlite", on "postgres" or on "s3"."""
    numbers = count()

    def make(where: str) -> Place:
        folder = tmp_path / f"place-{next(numbers)}"
        if where == "postgres":
            return place_on_postgres(request.getfixturevalue("postgres").new_database(), folder)
        if where == "s3":
            return place_on_s3(request.getfixturevalue("s3"), folder)
        return place_on_sqlite(folder)

    return make


@pytest.fixture
def place(request: pytest.FixtureRequest, new_place: Callable[[str], Place]) -> Place:
    """An empty lake where the test's parameter says."""
    return new_place(request.param)


@pytest.fixture
def expire_every(monkeypatch: pytest.MonkeyPatch) -> int:
    """After how many publishes snapshots expire: three, in place of ten."""
    monkeypatch.setattr("resources.lake.maintenance.maintenance.EXPIRE_EVERY", 3)
    return 3


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Starts real processes, each forked in milliseconds from one that has imported all."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(
        ["tests.lake.publish.children", "tests.lake.publish.merge.children"]
    )
    return forking
