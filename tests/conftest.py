"""What every test shares: a home of its own, and no word to anyone outside."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from resources.settings import Settings

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


@pytest.fixture(scope="session", autouse=True)
def _remove_home() -> Iterator[None]:
    yield
    import shutil

    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The root of the checkout."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def sample() -> Iterator[Settings]:
    """Every table of the warehouse over ten days of a small shop that makes no errors.

    To be read only: the tests share it.
    """
    from examples.sample_shop.sample_lake import sample_lake
    from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

    with sample_lake(load_warehouse()) as settings:
        yield settings
