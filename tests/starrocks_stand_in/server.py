"""The MySQL protocol: connections of clients, logins, and faults of the wire."""

from __future__ import annotations

import asyncio
import logging
import re
from ssl import SSLContext
from typing import Any

from mysql_mimic.auth import IdentityProvider, NativePasswordAuthPlugin, User as MimicUser
from mysql_mimic.connection import Connection
from mysql_mimic.errors import MysqlError
from mysql_mimic.results import ResultSet
from mysql_mimic.server import MysqlServer
from mysql_mimic.session import BaseSession
from mysql_mimic.variables import GlobalVariables, SessionVariables

from tests.starrocks_stand_in.cluster.state import State, Struck
from tests.starrocks_stand_in.errors import SqlError, login_denied
from tests.starrocks_stand_in.faults import REFRESH, FaultKind
from tests.starrocks_stand_in.front_end import Cluster
from tests.starrocks_stand_in.names import NAME, ClientSession, parts_of
from tests.starrocks_stand_in.received import OK, Record

# Connections that the tests drop are no news.
logging.getLogger("mysql_mimic").setLevel(logging.CRITICAL)

_REFRESHED = re.compile(rf"{REFRESH}\s+({NAME})", re.IGNORECASE)
_NOBODY = "0" * 40


class FrontEnd:
    """One port. It can be stopped, and started again with an empty cache."""

    def __init__(
        self, number: int, state: State, cluster: Cluster, record: Record, tls: SSLContext | None
    ) -> None:
        self.number = number
        self.state = state
        self.cluster = cluster
        self.record = record
        self.refresh_locks: dict[str, asyncio.Lock] = {}
        self.sessions: set[WireSession] = set()
        self._tls = tls
        self._server: MysqlServer | None = None

    async def start(self) -> None:
        """Listen. The port is chosen at the first start and kept."""
        port = self.state.ports[self.number]
        server = MysqlServer(
            session_factory=lambda: WireSession(self),
            identity_provider=_Logins(self.state),
            ssl=self._tls,
            host="127.0.0.1",
            port=port,
        )
        await server.start_server()
        self._server = server
        self.state.ports[self.number] = server.sockets()[0].getsockname()[1]
        self.state.stopped.discard(self.number)

    async def stop(self) -> None:
        """Refuse connections, drop the open ones, forget what was cached."""
        self.state.stopped.add(self.number)
        if self._server is not None:
            self._server.close()
            self._server = None
        for session in list(self.sessions):
            session.drop()
        self.state.cache.forget(front_end=self.number)


class _Logins(IdentityProvider):
    """Users and passwords of the cluster, as they are when somebody logs in."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def get_user(self, username: str) -> MimicUser:
        user = self._state.privileges.users.get(username)
        hashed = _NOBODY
        if user is not None:
            hashed = NativePasswordAuthPlugin.create_auth_string(user.password)
            if not user.password:
                hashed = ""
        return MimicUser(username, hashed, NativePasswordAuthPlugin.name)


class WireSession(BaseSession):
    """One connection of a client."""

    def __init__(self, front_end: FrontEnd) -> None:
        self.variables = SessionVariables(GlobalVariables())
        self.username = None
        self.database = None
        self._front_end = front_end
        self._connection: Connection | None = None
        self._session: ClientSession | None = None

    async def init(self, connection: Connection) -> None:
        """The login is over; it may have failed."""
        self._connection = connection
        self._front_end.sessions.add(self)
        user = self._front_end.state.privileges.users.get(self.username or "")
        if user is not None:
            self._session = ClientSession(
                self._front_end.number, user.name, set(user.default_roles)
            )
            if self.database:
                await self.use(self.database)

    async def close(self) -> None:
        """The client has gone."""
        self._front_end.sessions.discard(self)

    async def reset(self) -> None:
        """Nothing is kept that would have to be."""

    async def use(self, database: str) -> None:
        """A connection that starts in a database, as `catalog.database` or alone."""
        name = ".".join(f"`{part}`" for part in parts_of(database))
        await self._run(f"USE {name}", {})

    def drop(self) -> None:
        """Cut the connection, with no word to the client."""
        if self._connection is not None:
            self._connection.stream.writer.transport.abort()

    async def handle_query(self, sql: str, attrs: dict[str, str]) -> Any:  # noqa: ARG002
        """Put the statement on record, let faults strike, act on it, answer."""
        front_end = self._front_end
        if self._session is None:
            raise _answer(login_denied(self.username or ""))
        received = front_end.record.receive(front_end.number, self._session.user, sql)
        struck = front_end.state.faults.strike(sql)
        try:
            answer = await self._in_turn(sql, struck)
        except SqlError as error:
            front_end.record.answer(received, f"error {error.number}: {error.text}")
            raise _answer(error) from error
        except asyncio.CancelledError as cut:
            front_end.record.answer(received, f"connection dropped {cut}".strip())
            raise
        front_end.record.answer(received, OK)
        return answer

    async def _in_turn(self, sql: str, struck: Struck) -> Any:
        """Refreshes of one catalog wait for one another, on each front end."""
        refreshed = _REFRESHED.match(sql)
        if refreshed is None:
            return await self._struck(sql, struck)
        catalog = parts_of(refreshed[1])[0]
        async with self._front_end.refresh_locks.setdefault(catalog, asyncio.Lock()):
            return await self._struck(sql, struck)

    async def _struck(self, sql: str, struck: Struck) -> Any:
        if slow := struck.get(FaultKind.SLOW):
            await asyncio.sleep(slow.seconds)
        if FaultKind.DROP_BEFORE in struck:
            self._cut("before the effect")
        answer = await self._run(sql, struck)
        if FaultKind.DROP_AFTER in struck:
            self._cut("after the effect")
        return answer

    async def _run(self, sql: str, struck: Struck) -> Any:
        assert self._session is not None
        rows = await asyncio.to_thread(self._front_end.cluster.execute, self._session, sql, struck)
        return None if rows is None else ResultSet(rows.rows, rows.columns)

    def _cut(self, when: str) -> None:
        self.drop()
        raise asyncio.CancelledError(when)


def _answer(error: SqlError) -> MysqlError:
    wrapped = MysqlError(error.text)
    # The library knows MySQL's numbers only; the packet takes any.
    wrapped.code = error.number  # type: ignore[assignment]
    return wrapped
