"""A catalog in a SQL database, in the tables that Iceberg's own JdbcCatalog reads."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.update import TableRequirement, TableUpdate
from sqlalchemy import delete, inspect

from resources.lake.catalogs.database import database_engine
from resources.lake.commit_lock import catalog_lock
from resources.lake.locks.session import session_in_use
from resources.settings import Settings

_LAST_TABLE_CREATED = "iceberg_namespace_properties"


class LakeSqlCatalog(SqlCatalog):
    """pyiceberg's catalog over connections of the lake's, so that no property holds a password.

    A thread that holds locks of the database commits through the session that holds them.
    """

    def __init__(self, settings: Settings, properties: Mapping[str, str]) -> None:
        # Past SqlCatalog, which would connect with the address it is given.
        MetastoreCatalog.__init__(
            self,
            settings.catalog_name,
            **properties,
            uri=settings.catalog_location,
            init_catalog_tables="false",
        )
        self.engine = database_engine(settings)
        self._init_catalog()

    def commit_table(
        self,
        table: Table,
        requirements: tuple[TableRequirement, ...],
        updates: tuple[TableUpdate, ...],
    ) -> CommitTableResponse:
        """Commit as SqlCatalog does, but only if the locks of this thread are still held.

        Raises:
            LockLost: If they are not; nothing was committed.
        """
        session = session_in_use(self.engine)
        if session is None:
            return super().commit_table(table, requirements, updates)
        session.confirm()
        through_session = copy.copy(self)
        through_session.engine = session.connection()
        return SqlCatalog.commit_table(through_session, table, requirements, updates)

    def forget(self, table: Table) -> None:
        """Take the table out of the catalog, unless somebody has committed to it meanwhile."""
        namespace, name = table.name()
        statement = delete(IcebergTables).where(
            IcebergTables.catalog_name == self.name,
            IcebergTables.table_namespace == namespace,
            IcebergTables.table_name == name,
            IcebergTables.metadata_location == table.metadata_location,
        )
        with self.engine.begin() as connection:
            connection.execute(statement)


def open_sql_catalog(settings: Settings, properties: Mapping[str, str]) -> LakeSqlCatalog:
    """The catalog in the database; its tables are made if they are not there."""
    catalog = LakeSqlCatalog(settings, properties)
    # Readers of a finished catalog need no lock, and so no right to write.
    if not inspect(catalog.engine).has_table(_LAST_TABLE_CREATED):
        with catalog_lock(settings):
            catalog.create_tables()
    return catalog
