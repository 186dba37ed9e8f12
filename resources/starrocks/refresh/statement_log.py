"""Every statement that was sent to StarRocks, beside the ledger, for 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from resources.settings import Settings
from resources.starrocks.client.client import StatementRecord
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.ledger_schema import STATEMENTS, ledger_engine, named, utc

_STATEMENTS_KEPT = timedelta(days=30)


class StatementLog:
    """The statements of one lake's catalog. Any number of processes may use it at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = ledger_engine(settings)
        self._catalog = settings.catalog_name

    def record(self, sent: StatementRecord, table: TableName | None, run_id: str | None) -> int:
        """Remember a statement that is about to be sent about a table, or about none; its number.

        What became of it is added by `answered`; it stays unanswered if the process dies first.
        """
        of_table = named(table) if table else {"catalog_name": self._catalog}
        facts = {"sent_at": sent.sent_at, "front_end": sent.front_end, "seconds": sent.seconds}
        texts = {"statement": sent.statement, "error": sent.error, "run_id": run_id}
        row = insert(STATEMENTS).values(**of_table, **facts, **texts)
        with self._engine.begin() as connection:
            return connection.execute(row.returning(STATEMENTS.c.id)).scalar_one()

    def answered(self, number: int, sent: StatementRecord) -> None:
        """Add what became of a recorded statement."""
        answer = {"seconds": sent.seconds, "error": sent.error}
        with self._engine.begin() as connection:
            connection.execute(update(STATEMENTS).where(STATEMENTS.c.id == number).values(**answer))

    def statements(self, table: TableName | None = None) -> list[StatementRecord]:
        """The statements of the last 30 days, oldest first; those about one table."""
        columns = STATEMENTS.c
        query = select(STATEMENTS).where(columns.catalog_name == self._catalog)
        if table is not None:
            query = query.where(columns.table_namespace == table.database)
            query = query.where(columns.table_name == table.name)
        with self._engine.connect() as connection:
            return [
                StatementRecord(
                    utc(row.sent_at) or row.sent_at,
                    row.statement,
                    row.front_end,
                    row.seconds,
                    row.error,
                )
                for row in connection.execute(query.order_by(columns.id))
            ]

    def forget_old_statements(self, now: datetime) -> None:
        """Delete statements older than 30 days."""
        oldest = now - _STATEMENTS_KEPT
        with self._engine.begin() as connection:
            connection.execute(delete(STATEMENTS).where(STATEMENTS.c.sent_at < oldest))
