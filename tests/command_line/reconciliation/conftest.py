"""The lake of the reports' tests, for commands that look at it."""

from __future__ import annotations

import pytest

from tests.command_line.conftest import Run, invoke
from tests.reporting.reconciled_lake import FIRST, ReconciledLake


@pytest.fixture(scope="session")
def reconciled(tmp_path_factory: pytest.TempPathFactory) -> ReconciledLake:
    """Three days of payments and bills, each reported twice."""
    return ReconciledLake.make(tmp_path_factory.mktemp("reconciled") / "home")


@pytest.fixture
def run(reconciled: ReconciledLake, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the lake."""
    monkeypatch.setenv("LEDGERLAKE_HOME", str(reconciled.settings.home))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())
    monkeypatch.delenv("COLUMNS", raising=False)
    return invoke
