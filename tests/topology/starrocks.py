"""StarRocks for the topology: the stand-in, or with STARROCKS_URL a real one.

STARROCKS_URL, `starrocks://root:password@host:9030`, names its administrator. It must reach
PostgreSQL and the S3 of the tests, which listen on this host's loopback address: start it with the
host's network.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pymysql
from pydantic import SecretStr

from resources.settings import Settings
from tests.starrocks_stand_in.cluster.privileges import ADMINISTRATOR
from tests.starrocks_stand_in.process import StandInProcess

URL = "STARROCKS_URL"


@contextmanager
def serve(lake: Settings, folder: Path) -> Generator[Settings]:
    """The lake's settings with a StarRocks that knows nothing of the lake yet."""
    if URL in os.environ:
        with _real(lake, os.environ[URL]) as settings:
            yield settings
        return
    with StandInProcess.start(lake, folder, bare=True) as stand_in:
        yield _settings(lake, stand_in.front_ends, ADMINISTRATOR, stand_in.password)


@contextmanager
def _real(lake: Settings, url: str) -> Generator[Settings]:
    """What is made there has this lake's own names, and goes at the end."""
    parts = urlsplit(url)
    address = f"{parts.hostname}:{parts.port or 9030}"
    administrator = unquote(parts.username or "root")
    settings = _settings(lake, address, administrator, unquote(parts.password or ""))
    try:
        yield settings
    finally:
        for statement in (
            f"DROP CATALOG IF EXISTS `{settings.catalog_name}`",
            f"DROP DATABASE IF EXISTS `{settings.starrocks_database}` FORCE",
            f"DROP USER IF EXISTS '{settings.starrocks_user}'",
        ):
            rows(settings, statement, as_administrator=True)


def _settings(lake: Settings, address: str, administrator: str, password: str) -> Settings:
    return lake.model_copy(
        update={
            "starrocks_front_ends": address,
            "starrocks_user": lake.catalog_name,
            "starrocks_password": SecretStr(secrets.token_hex(8)),
            "starrocks_admin_user": administrator,
            "starrocks_admin_password": SecretStr(password),
            "starrocks_database": f"{lake.catalog_name}_serving",
        }
    )


def rows(
    settings: Settings, statement: str, as_administrator: bool = False
) -> list[tuple[Any, ...]]:
    """What StarRocks answers an analyst, who uses some MySQL client."""
    assert settings.starrocks_front_ends
    host, _, port = settings.starrocks_front_ends.partition(":")
    user, password = settings.starrocks_user, settings.starrocks_password
    if as_administrator:
        user, password = settings.starrocks_admin_user, settings.starrocks_admin_password
    assert password is not None
    connection = pymysql.connect(
        host=host,
        port=int(port),
        user=user,
        password=password.get_secret_value(),
        connect_timeout=10,
        read_timeout=60,
    )
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]
