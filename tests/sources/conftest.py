"""A landing folder to deliver into, and one engine for all tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from resources.duckdb.engine import duckdb_session
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.settings import Settings
from resources.sources.declaration.files import Source
from resources.sources.loading.load import load
from resources.sources.loading.load_report import Loaded

DAY = date(2026, 1, 5)
FOLDER = "center/table"
MONEY = "DECIMAL(18,2)"
SALES = {"sale_no": "VARCHAR", "paid": MONEY}


@dataclass
class Landing:
    """What is delivered, and what comes out of it."""

    settings: Settings
    connection: DuckDBPyConnection

    def deliver(self, name: str, content: str | bytes, day: date = DAY) -> Path:
        """Write one file of a day, and the marker that makes the day complete."""
        folder = self.folder(day)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        (folder / "_SUCCESS").touch()
        return file

    def folder(self, day: date = DAY) -> Path:
        return self.settings.landing_folder / FOLDER / day.isoformat()

    def clear(self) -> None:
        shutil.rmtree(self.settings.landing_folder, ignore_errors=True)

    def load(
        self, source: Source, columns: Mapping[str, str], window: Window | None = None
    ) -> Loaded:
        """Load with columns given as name -> type; a type that ends in `?` may be NULL."""
        specs = [
            ColumnSpec(name, kind.removesuffix("?"), "", nullable=kind.endswith("?"))
            for name, kind in columns.items()
        ]
        window = window or Window.of_day(DAY)
        return load(source, self.connection, specs, window, self.settings, "ods_table")

    def take(self, loaded: Loaded) -> list[dict[str, Any]]:
        """The accepted rows, as a run takes them."""
        with loaded, loaded.reading(self.connection):
            return self.accepted(loaded)

    def accepted(self, loaded: Loaded) -> list[dict[str, Any]]:
        return self.rows(f"SELECT * FROM ({loaded.select_sql}) ORDER BY source_file, source_line")

    def refused(self, loaded: Loaded) -> list[dict[str, Any]]:
        return self.rows(
            f"SELECT * FROM ({loaded.quarantine_sql}) ORDER BY source_file, source_line"
        )

    def rows(self, sql: str) -> list[dict[str, Any]]:
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def values(rows: Sequence[Mapping[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """The rows as tuples of the named columns."""
    return [tuple(row[name] for name in names) for row in rows]


def accepted(
    landing: Landing, source: Source, columns: Mapping[str, str], *names: str
) -> list[tuple[Any, ...]]:
    """The rows of a delivery of which none is refused, as tuples of the named columns."""
    with landing.load(source, columns) as loaded:
        assert landing.refused(loaded) == []
        return values(landing.accepted(loaded), *names)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Any]]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), threads=2)
    with duckdb_session(settings) as connection:
        yield settings, connection


@pytest.fixture
def landing(engine: tuple[Settings, DuckDBPyConnection]) -> Iterator[Landing]:
    settings, connection = engine
    one = Landing(settings, connection)
    one.clear()
    yield one
    left = list((settings.spill_folder).glob("**/source-*"))
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
