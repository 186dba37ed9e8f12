"""The stand-in or a real StarRocks, to be asked for the facts that the lake relies on."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pydantic import SecretStr

from resources.lake.catalog.catalog import open_catalog
from resources.lake.lake import Lake
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import StarRocksError
from resources.starrocks.client.names import TableName
from tests.lake.builders import FIRST, ORDERS, order_rows, publish_orders
from tests.starrocks_stand_in import StandIn

WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A table of orders in the lake, and StarRocks, which serves it."""

    lake: Lake
    spec: TableSpec
    starrocks: StarRocks

    @property
    def name(self) -> TableName:
        return TableName(self.lake.settings.catalog_name, self.spec.namespace, self.spec.name)

    @property
    def view(self) -> str:
        return f"`{self.lake.settings.starrocks_database}`.`{self.spec.namespace}`"

    def publish(self, *days: date, count: int = 1) -> None:
        """So many orders of each day."""
        for day in days:
            publish_orders(self.lake, day, order_rows(day, count), spec=self.spec)

    def rows(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        return self.starrocks.run(statement, values)

    def error(self, statement: str) -> StarRocksError:
        with pytest.raises(StarRocksError) as refused:
            self.starrocks.run(statement)
        return refused.value

    def runs(self, query_id: object) -> list[tuple[object, ...]]:
        """(query, state, error) of each task run of the query's job, once all have ended."""
        of_job = (
            "SELECT QUERY_ID, STATE, ERROR_MESSAGE FROM information_schema.task_runs "
            "WHERE JOB_ID IN (SELECT JOB_ID FROM information_schema.task_runs WHERE QUERY_ID = %s)"
        )
        give_up = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < give_up:
            runs = self.rows(of_job, str(query_id))
            if runs and not {state for _, state, _ in runs} & {"PENDING", "RUNNING"}:
                return runs
            time.sleep(0.02)
        raise AssertionError("the refresh did not end")


def real_settings(url: str) -> Settings:
    """The lake that STARROCKS_LAKE names, served by the StarRocks of the URL."""
    address = urlsplit(url)
    lake = os.environ.get("STARROCKS_LAKE")
    assert lake, "STARROCKS_LAKE: the settings.env of the lake that StarRocks serves"
    settings = Settings(_env_file=Path(lake))  # pyright: ignore[reportCallIssue]
    return settings.model_copy(
        update={
            "starrocks_front_ends": address.netloc.rpartition("@")[2],
            "starrocks_user": unquote(address.username or ""),
            "starrocks_password": SecretStr(unquote(address.password or "")),
        }
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Generator[Settings]:
    """A lake, and the StarRocks that serves it: real if STARROCKS_URL says so."""
    if url := os.environ.get("STARROCKS_URL"):
        yield real_settings(url)
        return
    with StandIn.start(Settings(home=tmp_path_factory.mktemp("lake"))) as stand_in:
        yield stand_in.settings.model_copy(
            update={
                "starrocks_user": stand_in.admin_user,
                "starrocks_password": SecretStr(stand_in.admin_password),
            }
        )


@pytest.fixture
def served(settings: Settings) -> Generator[Served]:
    """Two orders of the first day, in a namespace of its own; not read yet by StarRocks."""
    spec = replace(ORDERS, namespace=f"facts_{uuid.uuid4().hex[:8]}")
    with StarRocks(settings) as starrocks:
        served = Served(Lake(settings), spec, starrocks)
        served.publish(FIRST, count=2)
        try:
            yield served
        finally:
            starrocks.run(f"DROP MATERIALIZED VIEW IF EXISTS {served.view}")
            catalog = open_catalog(settings)
            for identifier in catalog.list_tables(spec.namespace):
                catalog.drop_table(identifier)
            catalog.drop_namespace(spec.namespace)
