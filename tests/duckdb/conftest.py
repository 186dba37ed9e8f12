"""An engine as runs get it, and a folder for staged files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from resources.duckdb.engine import duckdb_session
from resources.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a lake of the test's own."""
    return Settings(home=tmp_path / "home", threads=2)


@pytest.fixture
def connection(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """A session on that lake."""
    with duckdb_session(settings) as session:
        yield session


@pytest.fixture(scope="module")
def shared_connection() -> Iterator[DuckDBPyConnection]:
    """One bare connection for all examples of a property, which would spend their time opening."""
    with duckdb.connect() as shared:
        shared.execute("SET TimeZone = 'UTC'")
        yield shared


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of one attempt."""
    made = tmp_path / "attempt"
    made.mkdir()
    return made
