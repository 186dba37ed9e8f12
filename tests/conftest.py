"""What every test shares: a home of its own, and no word to anyone outside."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything reads the settings: no test may touch the lake of the person who runs it.
_HOME = tempfile.mkdtemp(prefix="ledgerlake-tests-")
for _name in [name for name in os.environ if name.startswith("LEDGERLAKE_")]:
    del os.environ[_name]
os.environ["LEDGERLAKE_HOME"] = _HOME
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
os.environ.pop("DAGSTER_HOME", None)


@pytest.fixture(scope="session", autouse=True)
def _remove_home() -> Iterator[None]:
    yield
    import shutil

    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The root of the checkout."""
    return Path(__file__).parent.parent
