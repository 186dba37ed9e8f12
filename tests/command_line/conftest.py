"""One small lake, made by `ledgerlake demo`, that every test of the commands looks at."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from resources.lake.lake import Lake
from resources.settings import load_settings
from warehouse_assets.command_line.main import app
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 2)
ORDERS = 30

Run = Callable[..., Result]


@dataclass(frozen=True)
class DemoLake:
    """The lake's home, and what the first demo printed."""

    home: Path
    first_demo: Result

    def delivered(self, source: str, day: date = LAST) -> Path:
        """The first file that a source delivered for the day."""
        folder = self.home / "landing" / source / day.isoformat()
        return min(folder.rglob("part-*"))

    def deliveries(self) -> dict[Path, tuple[int, int]]:
        """Size and time of each delivered file."""
        files = [path for path in (self.home / "landing").rglob("*") if path.is_file()]
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoLake]:
    """A lake of two days of thirty orders."""
    home = tmp_path_factory.mktemp("demo") / "home"
    with pytest.MonkeyPatch.context() as patch:
        _enter(patch, home)
        result = invoke("demo", "--orders", ORDERS, "--days", 2)
        assert result.exit_code == 0, result.output
        yield DemoLake(home, result)


@pytest.fixture
def run(lake: DemoLake, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the lake."""
    _enter(monkeypatch, lake.home)
    return invoke


@pytest.fixture(scope="session")
def settled() -> dict[str, object]:
    """The states of the lake, and of its deliveries, in which all was up to date."""
    return {}


@pytest.fixture
def up_to_date(lake: DemoLake, run: Run, settled: dict[str, object]) -> Run:
    """Run a command on the lake, in which other tests have left nothing to be made again."""
    if settled.get("state") != (heads(), lake.deliveries()):
        result = run("materialize", "all", "--from", FIRST, "--to", LAST, "--stale")
        assert result.exit_code == 0, result.output
        settled["state"] = (heads(), lake.deliveries())
    return run


@pytest.fixture
def file_to_break(lake: DemoLake) -> Iterator[Path]:
    """The payouts delivered for the last day; as they were again when the test is over."""
    path = lake.delivered("payment_center/payout")
    content, status = path.read_bytes(), path.stat()
    yield path
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def publications(*names: str) -> dict[str, dict[object, str]]:
    """What is published of the tables, or of all."""
    lake, tables = Lake(load_settings()), load_warehouse().tables
    return {name: dict(lake.snapshot(tables[name].spec).published) for name in names or tables}


def heads() -> dict[str, str]:
    """Where the metadata of each table lies: it moves with every commit."""
    with closing(sqlite3.connect(load_settings().home / "catalog.db")) as connection:
        return dict(connection.execute("SELECT table_name, metadata_location FROM iceberg_tables"))


def invoke(*arguments: object) -> Result:
    """Run the command line in this process; `output` has both streams."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _enter(patch: pytest.MonkeyPatch, home: Path) -> None:
    patch.setenv("LEDGERLAKE_HOME", str(home))
    patch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())
    patch.delenv("LEDGERLAKE_DEBUG", raising=False)
    patch.delenv("DAGSTER_HOME", raising=False)
    patch.delenv("COLUMNS", raising=False)
    patch.setenv("XDG_CACHE_HOME", str(home.parent / "cache"))
