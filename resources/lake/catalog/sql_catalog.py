"""A catalog in a SQL database, in the tables that Iceberg's own JdbcCatalog reads."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.update import TableRequirement, TableUpdate
from sqlalchemy import ColumnElement, delete, inspect, select, update

from resources.errors import PublishConflict
from resources.lake.catalog.locks.catalog_engine import database_engine
from resources.lake.catalog.locks.locks import catalog_lock
from resources.lake.catalog.locks.session import session_in_use
from resources.lake.catalog.metadata_times import in_order
from resources.lake.pyiceberg_internals import SqlCatalogOverEngine
from resources.settings import Settings

_LAST_TABLE_CREATED = "iceberg_namespace_properties"


class LakeSqlCatalog(SqlCatalogOverEngine):
    """pyiceberg's catalog over connections of the lake's, so that no property holds a password.

    A thread that holds locks of the database commits through the session that holds them.
    """

    def __init__(self, settings: Settings, properties: Mapping[str, str]) -> None:
        name, uri = settings.catalog_name, settings.catalog_location
        super().__init__(database_engine(settings), name, uri, properties)

    def commit_table(
        self,
        table: Table,
        requirements: tuple[TableRequirement, ...],
        updates: tuple[TableUpdate, ...],
    ) -> CommitTableResponse:
        """Commit as SqlCatalog does; LockLost, and nothing, if this thread's locks are not held."""
        session = session_in_use(self.engine)
        if session is None:
            return super().commit_table(table, requirements, updates)
        session.confirm()
        through_session = copy.copy(self)
        through_session.engine = session.connection()
        return SqlCatalog.commit_table(through_session, table, requirements, updates)

    def metadata_to_commit(self, metadata: TableMetadata) -> TableMetadata:
        """The metadata with its logs in order of time."""
        return in_order(metadata)

    def metadata_locations(self) -> dict[tuple[str, str], str]:
        """By namespace and name of each table, which metadata file of it is current."""
        statement = select(
            IcebergTables.table_namespace,
            IcebergTables.table_name,
            IcebergTables.metadata_location,
        ).where(IcebergTables.catalog_name == self.name)
        with self.engine.connect() as connection:
            found = connection.execute(statement)
            return {(space, name): location for space, name, location in found if location}

    def move_all(self, moves: Mapping[tuple[str, str], tuple[str, str]]) -> None:
        """Make other metadata files current: of all tables, or of none.

        `moves`: by namespace and name, the file that is current and the one that takes its place.

        Raises:
            PublishConflict: If another program has changed one of the tables.
        """
        with self.engine.begin() as connection:
            for (namespace, name), (before, after) in moves.items():
                moved = update(IcebergTables).where(*self._is_at(namespace, name, before))
                moved = moved.values(metadata_location=after, previous_metadata_location=None)
                if connection.execute(moved).rowcount != 1:
                    raise PublishConflict(
                        f"{namespace}.{name} was changed meanwhile; no table was moved",
                        "Run again.",
                    )

    def forget(self, table: Table) -> None:
        """Take the table out of the catalog, unless it was committed to meanwhile."""
        namespace, name = table.name()
        is_same = self._is_at(namespace, name, table.metadata_location)
        with self.engine.begin() as connection:
            connection.execute(delete(IcebergTables).where(*is_same))

    def _is_at(self, namespace: str, name: str, location: str) -> list[ColumnElement[bool]]:
        """Conditions: the row is the table's, and its current metadata file is this one."""
        return [
            IcebergTables.catalog_name == self.name,
            IcebergTables.table_namespace == namespace,
            IcebergTables.table_name == name,
            IcebergTables.metadata_location == location,
        ]


def open_sql_catalog(settings: Settings, properties: Mapping[str, str]) -> LakeSqlCatalog:
    """The catalog in the database; its tables are made if they are not there."""
    catalog = LakeSqlCatalog(settings, properties)
    # Readers of a finished catalog need no lock, and so no right to write.
    if not inspect(catalog.engine).has_table(_LAST_TABLE_CREATED):
        with catalog_lock(settings):
            catalog.create_tables()
    return catalog
