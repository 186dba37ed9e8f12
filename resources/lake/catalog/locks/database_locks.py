"""Locks and leases in the catalog's PostgreSQL, for processes on any number of hosts."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import (
    JSON,
    Column,
    Engine,
    MetaData,
    String,
    Table,
    delete,
    exists,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from resources.errors import LedgerlakeError
from resources.lake.catalog.locks.session import (
    LockLost,
    LockSession,
    acquire_session,
    release_session,
)
from resources.lake.model.table_spec import TableSpec

logger = logging.getLogger(__name__)

_CREATION_SECONDS = 120.0

ATTEMPTS = Table(
    "ledgerlake_attempt",
    MetaData(),
    Column("id", String(36), primary_key=True),
    Column("catalog_name", String(255), nullable=False, index=True),
    Column("table_namespace", String(255), nullable=False),
    Column("table_name", String(255), nullable=False),
    Column("description", JSON, nullable=False),
)
"""One row an attempt that has not ended, or whose process died."""


class DatabaseLease:
    """The lease of one attempt: a row, and a lock that the server frees when its holder dies."""

    def __init__(self, attempt_id: str, lock: str, session: LockSession) -> None:
        self.id = attempt_id
        self._lock = lock
        self._session: LockSession | None = session

    def insert(self, row: Mapping[str, object]) -> None:
        """Make the row, so that others can see the lease."""
        if self._session is not None:
            with self._session.transaction() as connection:
                connection.execute(insert(ATTEMPTS).values(**row))

    def is_there(self) -> bool:
        """Whether the row is there."""
        if self._session is None:
            return False
        with self._session.transaction() as connection:
            return bool(connection.scalar(select(exists().where(ATTEMPTS.c.id == self.id))))

    def remove(self) -> None:
        """Delete the lease: nothing is left to clean up. Never raises."""
        if self._session is not None:
            try:
                with self._session.transaction() as connection:
                    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.id == self.id))
            except (SQLAlchemyError, LockLost) as error:
                logger.warning("The lease of attempt %s is left: %s", self.id, error)
            self.release()

    def release(self) -> None:
        """Leave the lease, if it is there, to the next sweep. May be called again."""
        session, self._session = self._session, None
        if session is not None:
            session.release(self._lock)
            release_session(session)


class DatabaseLocks:
    """Locks among all processes that share the catalog. The server frees them if a process dies."""

    def __init__(self, engine: Engine, catalog_name: str) -> None:
        self._engine = engine
        self._catalog_name = catalog_name
        self._is_created = False

    @contextmanager
    def acquire(self, name: str, timeout_seconds: float) -> Generator[None]:
        """Hold the lock of that name, waiting until it is free, as `LockSession.acquire`.

        Raises:
            LockLost: In place of an error in the block, if the lock was lost.
        """
        lock = self._lock("lock", name)
        session = acquire_session(self._engine)
        try:
            session.acquire(lock, timeout_seconds)
            try:
                yield
            except LedgerlakeError:
                raise
            except Exception:
                # What follows from a lost lock, such as files that another has deleted, would
                # mislead.
                session.confirm()
                raise
            finally:
                session.release(lock)
        finally:
            release_session(session)

    def new_lease(self, spec: TableSpec, description: Mapping[str, str]) -> DatabaseLease:
        """A lease for a new attempt on the table. The description says to people whose it is."""
        self._create_table()
        attempt_id = str(uuid.uuid4())
        table = {"table_namespace": spec.namespace, "table_name": spec.name}
        row = {"id": attempt_id, "catalog_name": self._catalog_name, **table}
        # Held before anyone can see it.
        lease = self._held_if_free(attempt_id)
        assert lease is not None
        try:
            lease.insert({**row, "description": dict(description)})
        except BaseException:
            lease.release()
            raise
        return lease

    def expired_leases(self, spec: TableSpec) -> Iterator[DatabaseLease]:
        """The leases that nobody alive holds, each held from now on; to be released or removed."""
        for attempt_id in self._lease_ids(spec):
            lease = self._held_if_free(attempt_id)
            if lease is None:
                continue
            # It may have ended in order since it was listed.
            if lease.is_there():
                yield lease
            else:
                lease.release()

    def live_leases(self, spec: TableSpec) -> frozenset[str]:
        """Ids of the attempts on the table that a living process holds."""
        live: set[str] = set()
        for attempt_id in self._lease_ids(spec):
            if (lease := self._held_if_free(attempt_id)) is None:
                live.add(attempt_id)
            else:
                lease.release()
        return frozenset(live)

    def _held_if_free(self, attempt_id: str) -> DatabaseLease | None:
        lock = self._lock("attempt", attempt_id)
        session = acquire_session(self._engine)
        try:
            taken = session.try_to_acquire(lock)
        except BaseException:
            release_session(session)
            raise
        if not taken:
            release_session(session)
            return None
        return DatabaseLease(attempt_id, lock, session)

    def _lease_ids(self, spec: TableSpec) -> list[str]:
        self._create_table()
        query = select(ATTEMPTS.c.id).where(
            ATTEMPTS.c.catalog_name == self._catalog_name,
            ATTEMPTS.c.table_namespace == spec.namespace,
            ATTEMPTS.c.table_name == spec.name,
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query.order_by(ATTEMPTS.c.id)))

    def _create_table(self) -> None:
        if self._is_created:
            return
        if not inspect(self._engine).has_table(ATTEMPTS.name):
            with self.acquire("catalog", _CREATION_SECONDS):
                ATTEMPTS.metadata.create_all(self._engine)
        self._is_created = True

    def _lock(self, kind: str, name: str) -> str:
        """The lock's name among all that use the database."""
        return f"ledgerlake {kind} {self._catalog_name} {name}"
