"""What every test shares: a home of its own, servers, the sample lake, and no word to others."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.servers.postgres import postgres
from tests.servers.s3 import s3, s3_with_rights

if TYPE_CHECKING:
    from resources.settings import Settings

__all__ = ["postgres", "s3", "s3_with_rights"]

# Before anything reads the settings: no test may touch the lake of the person who runs it.
_HOME = tempfile.mkdtemp(prefix="ledgerlake-tests-")
for _name in [name for name in os.environ if name.startswith("LEDGERLAKE_")]:
    del os.environ[_name]
os.environ["LEDGERLAKE_HOME"] = _HOME
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
os.environ.pop("DAGSTER_HOME", None)


# A busy machine is no fault of an example: what is slow is for the benchmarks to say.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

_PATIENCE = 600  # seconds, for another worker to make the sample lake


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    """Files with one expensive set-up go to one worker."""
    if config.getoption("dist") != "loadfile":
        return None
    from tests.scheduling import FolderScheduling

    return FolderScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest is begun first: no worker is idle at the end."""
    from tests.scheduling import slowest_first

    slowest_first(items)


@pytest.fixture(scope="session", autouse=True)
def _remove_home() -> Iterator[None]:
    yield
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The root of the checkout."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Every table of the warehouse over ten days of a small shop that makes no errors.

    To be read only: all workers share it, and the first that asks makes it.
    """
    from examples.sample_shop.sample_lake import make_sample_lake, sample_settings
    from resources.file_lock import acquire
    from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    lake, made = folder / "sample_lake", folder / "sample_lake.made"
    settings = sample_settings(lake)
    with acquire(folder / "sample_lake.lock", _PATIENCE):
        if not made.exists():
            shutil.rmtree(lake, ignore_errors=True)
            make_sample_lake(load_warehouse(), settings)
            made.touch()
    return settings
