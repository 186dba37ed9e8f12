"""A session of PostgreSQL that holds locks; all locks of a thread are of one session.

The server frees them when the session ends, however it ends. Commits go through the same session:
when it is lost, so is the commit, and no lock is free while its commit is under way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from hashlib import blake2b

from pyiceberg.exceptions import ValidationException
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from resources.errors import StorageError

# How long the server is waited for at a time: meanwhile the process heeds no signal.
_WAIT_SECONDS = 1.0

_LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


class LockLost(StorageError, ValidationException):
    """The session that held the locks is gone, and others may have them.

    As a ValidationException it tells pyiceberg that nothing landed and not to try again.
    """


class LockSession:
    """One session and the locks it holds, which have names."""

    def __init__(self, engine: Engine) -> None:
        self.key = (threading.get_ident(), engine)
        self.users = 0
        self._connection = engine.connect()
        self._session = self._connection.connection.dbapi_connection
        self._mutex = threading.RLock()
        self._held: set[str] = set()

    def connection(self) -> Connection:
        """The session's connection, outside a transaction.

        Raises:
            LockLost: If it would be another session than the one that took the locks:
                SQLAlchemy reconnects without an error.
        """
        if (
            self._connection.closed
            or self._connection.invalidated
            or self._connection.connection.dbapi_connection is not self._session
        ):
            raise _lost()
        return self._connection

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """A transaction of the session; LockLost if that ends meanwhile or has ended."""
        with self._mutex:
            connection = self.connection()
            try:
                with connection.begin():
                    yield connection
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise _lost() from error
                raise

    def confirm(self) -> None:
        """Ask the server whether the session lives, and with it its locks; LockLost if not."""
        with self.transaction() as connection:
            connection.execute(text("SELECT 1"))

    def acquire(self, name: str, timeout_seconds: float) -> None:
        """Take the lock, waiting until it is free.

        Raises:
            StorageError: If it is not free within `timeout_seconds`.
        """
        with self._mutex:
            # The server would let a session take its own lock twice.
            if name in self._held:
                raise StorageError(f"The lock {name} is held by this very thread", None)
            deadline = time.monotonic() + timeout_seconds
            while not self._wait_for(name, min(_WAIT_SECONDS, deadline - time.monotonic())):
                if time.monotonic() >= deadline:
                    raise StorageError(
                        f"The lock {name} was not free within {timeout_seconds:.0f} seconds",
                        "Find the session that holds it (pg_locks with locktype advisory, joined "
                        "with pg_stat_activity) and see why it does not end.",
                    )
            self._held.add(name)

    def _wait_for(self, name: str, seconds: float) -> bool:
        milliseconds = max(int(seconds * 1000), 1)
        try:
            with self.transaction() as connection:
                connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
                connection.execute(text("SELECT pg_advisory_lock(:key)"), key_of(name))
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE:
                raise
            return False
        return True

    def try_to_acquire(self, name: str) -> bool:
        """Take the lock if nobody has it, this session included."""
        with self._mutex:
            if name in self._held:
                return False
            with self.transaction() as connection:
                question = text("SELECT pg_try_advisory_lock(:key)")
                if taken := bool(connection.execute(question, key_of(name)).scalar_one()):
                    self._held.add(name)
            return taken

    def release(self, name: str) -> None:
        """Release the lock. Never raises: with a broken session it is free already."""
        with self._mutex:
            self._held.discard(name)
            try:
                with self.transaction() as connection:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key_of(name))
            except (SQLAlchemyError, LockLost):
                with suppress(SQLAlchemyError):
                    self._connection.invalidate()

    def close(self) -> None:
        """Return the connection to the pool. Never raises."""
        with self._mutex, suppress(SQLAlchemyError):
            self._connection.close()


_MUTEX = threading.Lock()
_SESSIONS: dict[tuple[int, Engine], LockSession] = {}


def session_in_use(engine: Engine) -> LockSession | None:
    """The session that holds locks of this thread, if it has any."""
    with _MUTEX:
        return _SESSIONS.get((threading.get_ident(), engine))


def acquire_session(engine: Engine) -> LockSession:
    """This thread's session, opened if it has none; to be passed to `release_session`."""
    session = session_in_use(engine) or LockSession(engine)
    with _MUTEX:
        session.users += 1
        return _SESSIONS.setdefault(session.key, session)


def release_session(session: LockSession) -> None:
    """Close the session once it was given back as often as it was taken. Never raises."""
    with _MUTEX:
        session.users -= 1
        if session.users:
            return
        _SESSIONS.pop(session.key, None)
    session.close()


def _lost() -> LockLost:
    return LockLost(
        "The connection to the catalog's database broke, and the locks it held are gone; nothing "
        "was published",
        "Run again; if it breaks again, see what ends it (a restart, a proxy, a limit).",
    )


def key_of(name: str) -> dict[str, int]:
    """The lock's number. The server knows no names; 64 bits keep them apart."""
    digest = blake2b(name.encode(), digest_size=8).digest()
    return {"key": int.from_bytes(digest, "big", signed=True)}
