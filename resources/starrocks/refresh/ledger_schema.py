"""Where the ledger is kept: two tables beside the catalog's, or in the lake's home."""

from __future__ import annotations

from datetime import UTC, datetime
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
    inspect,
)

from resources.lake.catalog.locks.catalog_engine import database_engine
from resources.lake.catalog.locks.locks import catalog_lock
from resources.settings import Settings
from resources.starrocks.client.names import TableName

NAME = ("catalog_name", "table_namespace", "table_name")
"""The columns that name a table."""

_METADATA = MetaData()
_NAME = (
    Column("catalog_name", String(255), primary_key=True),
    Column("table_namespace", String(255), primary_key=True),
    Column("table_name", String(255), primary_key=True),
)

REFRESHES = Table(
    "ledgerlake_refresh",
    _METADATA,
    *_NAME,
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
"""Every statement that a refresh has sent; secrets are not in it."""


def ledger_engine(settings: Settings) -> Engine:
    """The database of the ledger, with its tables made: the catalog's, if that is in a database.

    Otherwise SQLite in the lake's home.
    """
    engine = database_engine(settings) if settings.catalog_kind == "sql" else _own(settings)
    _create(engine, settings)
    return engine


def _own(settings: Settings) -> Engine:
    settings.home.mkdir(parents=True, exist_ok=True)
    return _own_engine(f"sqlite:///{settings.home / 'starrocks.db'}?timeout=60")


@lru_cache(maxsize=16)
def _own_engine(address: str) -> Engine:
    return create_engine(address)


_CREATED: set[Engine] = set()


def _create(engine: Engine, settings: Settings) -> None:
    if engine in _CREATED:
        return
    if not inspect(engine).has_table(STATEMENTS.name):
        with catalog_lock(settings):
            _METADATA.create_all(engine)
    _CREATED.add(engine)


def named(table: TableName) -> dict[str, str]:
    """The table as values of those columns."""
    return dict(zip(NAME, (table.catalog, table.database, table.name), strict=True))


def utc(time: datetime | None) -> datetime | None:
    """SQLite gives back what is UTC without saying so."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
