"""One lake for the tests of reports and decisions: they look at its first days, and add days."""

from __future__ import annotations

import pytest

from tests.reporting.reconciled_lake import ReconciledLake


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> ReconciledLake:
    """Three days of payments and bills, each reported twice."""
    return ReconciledLake.make(tmp_path_factory.mktemp("reconciled") / "home")
