"""A lake whose tables are on S3, and what is really in its bucket."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from resources.lake.lake import Lake
from resources.settings import SETTINGS_FILE
from tests.lake.builders import open_lake
from tests.servers.s3 import S3Server


def home_on_s3(s3: S3Server, home: Path) -> Path:
    """Make `home` that of a lake with a bucket of its own: any process that opens it knows."""
    home.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}={value}" for name, value in s3.environment(s3.new_bucket()).items()]
    (home / SETTINGS_FILE).write_text("\n".join(lines))
    return home


def lake_on_s3(s3: S3Server, home: Path, **settings: object) -> Lake:
    """An empty lake on S3."""
    return open_lake(home_on_s3(s3, home), **settings)


def objects(s3: S3Server, lake: Lake, folder: str = "") -> set[str]:
    """Everything in the lake's warehouse, or below a folder in it, seen past the lake."""
    address = urlsplit(lake.settings.warehouse_location)
    return s3.files(f"{address.netloc}{address.path}/{folder}".rstrip("/"))
