"""A small lake, and connections to a stand-in that serves it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from resources.lake.lake import Lake
from tests.lake.builders import FIRST, open_lake, order_rows, publish_orders
from tests.starrocks_stand_in import StandIn
from tests.starrocks_stand_in.wire_client import WireClient, connected

ORDER_TABLE = "`ledgerlake`.`fact`.`dwd_order`"
REFRESH_ORDERS = f"REFRESH EXTERNAL TABLE {ORDER_TABLE}"
COUNT_ORDERS = f"SELECT COUNT(*) FROM {ORDER_TABLE}"


def lake_of_three_orders(home: Path, **settings: object) -> Lake:
    """Three orders of one day."""
    lake = open_lake(home, **settings)
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    return lake


def client_of(stand_in: StandIn, front_end: int = 0) -> AbstractContextManager[WireClient]:
    """Logged in as the service user."""
    return connected(stand_in.ports[front_end], stand_in.user, stand_in.password)


def administrator_of(stand_in: StandIn) -> AbstractContextManager[WireClient]:
    """Logged in as who may do everything."""
    return connected(stand_in.ports[0], stand_in.admin_user, stand_in.admin_password)


@contextmanager
def bare(lake: Lake, version: str = "4.0.9") -> Generator[tuple[StandIn, WireClient]]:
    """A stand-in before any setup, with the administrator's connection."""
    with (
        StandIn.start(lake.settings, version=version, prepared=False) as stand_in,
        administrator_of(stand_in) as administrator,
    ):
        yield stand_in, administrator
