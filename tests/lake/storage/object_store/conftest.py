"""An S3 for all tests here, and for each a lake in a bucket of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.lake.lake import Lake
from tests.lake.storage.object_store.lake_on_s3 import lake_on_s3
from tests.servers.s3 import S3Server


@pytest.fixture
def lake(s3: S3Server, tmp_path: Path) -> Lake:
    """An empty lake whose tables are on S3."""
    return lake_on_s3(s3, tmp_path / "home")
