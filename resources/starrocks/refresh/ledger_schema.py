"""Where the refresh ledger is kept: its two tables, and the log of statements in one of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    insert,
    inspect,
    select,
    update,
)

from resources.lake.catalog.locks.catalog_engine import database_engine
from resources.lake.catalog.locks.locks import catalog_lock
from resources.settings import Settings
from resources.starrocks.client.client import StatementRecord
from resources.starrocks.client.names import TableName

NAME = ("catalog_name", "table_namespace", "table_name")
"""The columns that name a table."""

_STATEMENTS_KEPT = timedelta(days=30)

_METADATA = MetaData()

REFRESHES = Table(
    "ledgerlake_refresh",
    _METADATA,
    *(Column(name, String(255), primary_key=True) for name in NAME),
    Column("wanted", BigInteger, nullable=False, default=0),
    Column("met", BigInteger, nullable=False, default=0),
    Column("wanted_since", DateTime(timezone=True)),
    Column("requests", BigInteger, nullable=False, default=0),
    Column("next_attempt_at", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("state", String(16)),
    Column("refreshed_snapshot", BigInteger),
    Column("refreshed_at", DateTime(timezone=True)),
    Column("verified_snapshot", BigInteger),
    Column("verified_at", DateTime(timezone=True)),
    Column("seconds_behind", Float),
    Column("followed_snapshot", BigInteger),
    Column("last_error", Text),
)
"""One row a served table. It is due while `wanted`, a counter, is above `met`."""

STATEMENTS = Table(
    "ledgerlake_statement",
    _METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("catalog_name", String(255), nullable=False),
    Column("table_namespace", String(255)),
    Column("table_name", String(255)),
    Column("run_id", String(64)),
    Column("sent_at", DateTime(timezone=True), nullable=False, index=True),
    Column("front_end", String(255), nullable=False),
    Column("statement", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("error", Text),
)
"""Every statement that a refresh has sent, without secrets."""

_CREATED: set[Engine] = set()


def ledger_engine(settings: Settings) -> Engine:
    """The catalog's database, if it is in one, else SQLite in the lake's home; has the tables."""
    if settings.catalog_kind == "sql":
        engine = database_engine(settings)
    else:
        settings.home.mkdir(parents=True, exist_ok=True)
        engine = _own_engine(f"sqlite:///{settings.home / 'starrocks.db'}?timeout=60")
    if engine not in _CREATED:
        if not inspect(engine).has_table(STATEMENTS.name):
            with catalog_lock(settings):
                _METADATA.create_all(engine)
        _CREATED.add(engine)
    return engine


@lru_cache(maxsize=16)
def _own_engine(address: str) -> Engine:
    return create_engine(address)


def named(table: TableName) -> dict[str, str]:
    """The table as values of those columns."""
    return dict(zip(NAME, (table.catalog, table.database, table.name), strict=True))


def utc(time: datetime | None) -> datetime | None:
    """The time with its zone, which SQLite leaves out."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)


class StatementLog:
    """The statements about one lake's catalog, kept for 30 days; safe for several processes."""

    def __init__(self, settings: Settings) -> None:
        self._engine = ledger_engine(settings)
        self._catalog = settings.catalog_name

    def record(self, sent: StatementRecord, table: TableName | None, run_id: str | None) -> int:
        """Record a statement before it is sent, about a table or about none; returns its number.

        `answered` adds its outcome; it stays unanswered if the process dies first.
        """
        of_table = named(table) if table else {"catalog_name": self._catalog}
        facts = {"sent_at": sent.sent_at, "front_end": sent.front_end, "seconds": sent.seconds}
        texts = {"statement": sent.statement, "error": sent.error, "run_id": run_id}
        row = insert(STATEMENTS).values(**of_table, **facts, **texts)
        with self._engine.begin() as connection:
            return connection.execute(row.returning(STATEMENTS.c.id)).scalar_one()

    def answered(self, number: int, sent: StatementRecord) -> None:
        """Add the outcome of a recorded statement."""
        answer = {"seconds": sent.seconds, "error": sent.error}
        with self._engine.begin() as connection:
            connection.execute(update(STATEMENTS).where(STATEMENTS.c.id == number).values(**answer))

    def statements(self, table: TableName | None = None) -> list[StatementRecord]:
        """The statements of the last 30 days, oldest first; those about one table."""
        columns = STATEMENTS.c
        shown = (columns.sent_at, columns.statement, columns.front_end)
        query = select(*shown, columns.seconds, columns.error)
        query = query.where(columns.catalog_name == self._catalog)
        if table is not None:
            query = query.where(columns.table_namespace == table.database)
            query = query.where(columns.table_name == table.name)
        with self._engine.connect() as connection:
            return [
                StatementRecord(utc(row.sent_at) or row.sent_at, *row[1:])
                for row in connection.execute(query.order_by(columns.id))
            ]

    def forget_old_statements(self, now: datetime) -> None:
        """Delete statements older than 30 days."""
        oldest = now - _STATEMENTS_KEPT
        with self._engine.begin() as connection:
            connection.execute(delete(STATEMENTS).where(STATEMENTS.c.sent_at < oldest))
