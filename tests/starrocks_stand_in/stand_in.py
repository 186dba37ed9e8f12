"""The stand-in, started in a thread of the test's own process."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from ssl import SSLContext
from typing import Any, Self

from pydantic import SecretStr

from resources.settings import Settings
from tests.starrocks_stand_in.cluster.external_catalogs import ExternalCatalog, TableCache
from tests.starrocks_stand_in.cluster.privileges import ADMINISTRATOR, ANY, Grant, Privileges
from tests.starrocks_stand_in.cluster.state import State, version_number
from tests.starrocks_stand_in.engine import Engine
from tests.starrocks_stand_in.faults import Faults
from tests.starrocks_stand_in.front_end import Cluster
from tests.starrocks_stand_in.names import DEFAULT_CATALOG
from tests.starrocks_stand_in.received import Received, Record, matching
from tests.starrocks_stand_in.server import FrontEnd

HOST = "127.0.0.1"
USER = "ledgerlake"
ROLE = "ledgerlake_role"
ANSWER_SECONDS = 30.0


def _only_news(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Connections that were cut on purpose are none."""
    if not isinstance(context.get("exception"), asyncio.CancelledError | ConnectionError):
        loop.default_exception_handler(context)


async def _end_what_is_under_way() -> None:
    """Statements that still think are given up; what works in a thread is waited for."""
    under_way = asyncio.all_tasks() - {asyncio.current_task()}
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()


class StandIn:
    """A MySQL-protocol server that behaves as StarRocks does, as far as the facts are known.

    `faults` says what goes wrong; `statements` is what it was sent. It has two users: `user`, who
    has what the lake's service user needs, and the administrator.
    """

    def __init__(
        self,
        lake: Settings,
        version: str,
        front_ends: int,
        prepared: bool,
        run_seconds: float,
        reload_seconds: float | None,
        back_ends: int,
        tls: SSLContext | None,
        ports: list[int] | None,
        password: str | None,
        record: Path | None,
        faults: Path | None,
    ) -> None:
        self.lake = lake
        self.version = version
        self.user = USER
        self.password = password or secrets.token_hex(8)
        self.admin_user = ADMINISTRATOR
        self.admin_password = password or secrets.token_hex(8)
        self.faults = Faults(faults)
        self._record = Record(record)
        self._engine = Engine(lake)
        self.state = State(
            settings=lake,
            version=version,
            privileges=Privileges(version_number(version), self.admin_password),
            cache=TableCache(lake, front_ends, reload_seconds),
            engine=self._engine,
            faults=self.faults,
            ports=ports or [0] * front_ends,
            run_seconds=run_seconds,
            back_ends=back_ends,
        )
        if prepared:
            self._prepare()
        cluster = Cluster(self.state)
        self._front_ends = [
            FrontEnd(number, self.state, cluster, self._record, tls) for number in range(front_ends)
        ]
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_only_news)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @classmethod
    @contextmanager
    def start(
        cls,
        lake: Settings,
        *,
        version: str = "4.0.9",
        front_ends: int = 1,
        prepared: bool = True,
        run_seconds: float = 0.01,
        reload_seconds: float | None = None,
        back_ends: int = 1,
        tls: SSLContext | None = None,
        ports: list[int] | None = None,
        password: str | None = None,
        record: Path | None = None,
        faults: Path | None = None,
    ) -> Generator[Self]:
        """Serve the lake on loopback until the block ends.

        Args:
            lake: Settings of the lake that external catalogs show.
            version: What it says it is; privileges go by it.
            front_ends: How many ports it listens on. They share everything but their caches.
            prepared: Whether catalog, service user, grants and serving database are there already,
                as `ledgerlake starrocks setup` would make them. Else only the administrator is.
            run_seconds: How long a task run of a view waits, and how long it works.
            reload_seconds: See `TableCache`.
            back_ends: How many are alive; to be changed at any time.
            tls: Encrypt connections with this server's certificate.
            ports: Where to listen; default: wherever there is room.
            password: Of both users; default: made up.
            record: File that statements are written to as well.
            faults: File that faults are read from as well, whenever it changes.
        """
        stand_in = cls(
            lake, version, front_ends, prepared, run_seconds, reload_seconds, back_ends, tls, ports,
            password, record, faults,
        )  # fmt: skip
        try:
            stand_in.start_again()
            yield stand_in
        finally:
            stand_in.close()

    @property
    def front_ends(self) -> str:
        """host:port of each, with commas between, as LEDGERLAKE_STARROCKS_FRONT_ENDS has it."""
        return ",".join(f"{HOST}:{port}" for port in self.state.ports)

    @property
    def ports(self) -> list[int]:
        """The port of each front end."""
        return list(self.state.ports)

    @property
    def settings(self) -> Settings:
        """The lake's settings, with this StarRocks configured."""
        return self.lake.model_copy(
            update={
                "starrocks_front_ends": self.front_ends,
                "starrocks_user": self.user,
                "starrocks_password": SecretStr(self.password),
            }
        )

    @property
    def run_seconds(self) -> float:
        """How long a task run of a view waits, and how long it works; to be set at any time."""
        return self.state.run_seconds

    @run_seconds.setter
    def run_seconds(self, seconds: float) -> None:
        self.state.run_seconds = seconds

    @property
    def back_ends(self) -> int:
        """How many back ends are alive; to be set at any time."""
        return self.state.back_ends

    @back_ends.setter
    def back_ends(self, count: int) -> None:
        self.state.back_ends = count

    @property
    def statements(self) -> list[Received]:
        """Every statement that came, in order, with those that drivers send by themselves."""
        return self._record.statements()

    def sent(self, pattern: str) -> list[Received]:
        """The statements that the pattern is found in."""
        return matching(self.statements, pattern)

    def stop(self, front_end: int | None = None) -> None:
        """Let a front end die, or all: open connections are cut, new ones refused.

        A refresh on another one answers 5074 from then on, as StarRocks' does.
        """
        for each in self._chosen(front_end):
            self._await(each.stop())

    def start_again(self, front_end: int | None = None) -> None:
        """Let it live again, at the same port, with an empty cache."""
        for each in self._chosen(front_end):
            self._await(each.start())

    def close(self) -> None:
        """End everything."""
        self.stop()
        self._await(_end_what_is_under_way())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_SECONDS)
        self._loop.close()
        self._engine.close()

    def _chosen(self, front_end: int | None) -> list[FrontEnd]:
        return self._front_ends if front_end is None else [self._front_ends[front_end]]

    def _await(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(ANSWER_SECONDS)

    def _prepare(self) -> None:
        """What `ledgerlake starrocks setup` makes."""
        state, privileges = self.state, self.state.privileges
        name, database = self.lake.catalog_name, self.lake.starrocks_database
        state.catalogs[name] = ExternalCatalog(name, {}, is_the_lakes_own=True)
        state.databases.add(database)
        privileges.create_role(ROLE, False)
        refresh = privileges.refresh_privileges()[0]
        table, view = (name, ANY, ANY), (DEFAULT_CATALOG, database, ANY)
        privileges.roles[ROLE] |= {
            Grant("USAGE", "CATALOG", (name,)),
            Grant("SELECT", "TABLE", table),
            Grant(refresh, "TABLE", table),
            Grant("CREATE MATERIALIZED VIEW", "DATABASE", (DEFAULT_CATALOG, database)),
            Grant("ALL", "MATERIALIZED VIEW", view),
        }
        privileges.create_user(self.user, self.password, [ROLE], False)
