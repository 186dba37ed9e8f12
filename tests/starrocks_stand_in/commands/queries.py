"""SELECTs: over the lake as it is cached, over views, over information_schema, over nothing."""

from __future__ import annotations

import re

from tests.starrocks_stand_in.cluster.information_schema import InformationSchema
from tests.starrocks_stand_in.cluster.lake_tables import METADATA_TABLES
from tests.starrocks_stand_in.cluster.state import State
from tests.starrocks_stand_in.cluster.views import Views
from tests.starrocks_stand_in.engine import Relation, Rows
from tests.starrocks_stand_in.errors import (
    SqlError,
    no_back_end,
    no_database_selected,
    refused,
    unknown_table,
)
from tests.starrocks_stand_in.names import (
    DEFAULT_CATALOG,
    INFORMATION_SCHEMA,
    Address,
    ClientSession,
    address_of,
)

# Literals and quoted names are found first, so that nothing inside them is taken for a call.
_LITERAL_OR_CALL = re.compile(
    r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`[^`]*`|@@[\w.]+|\b\w+\s*\(\s*\)"""
)


class Queries:
    """Answers to SELECT."""

    def __init__(self, state: State, views: Views) -> None:
        self._state = state
        self._views = views
        self._information_schema = InformationSchema(state, views)

    def select(self, session: ClientSession, statement: str) -> Rows:
        """The rows, or an SqlError."""
        if not self._state.back_ends:
            raise self._without_back_ends(statement)
        text = self._with_session(session, statement)
        return self._state.engine.select(text, lambda parts: self.relation(session, parts))

    def relation(self, session: ClientSession, parts: tuple[str, ...]) -> Relation:
        """What a table's name stands for."""
        if len(parts) == 1 and session.database is None:
            raise no_database_selected()
        name = ".".join(f"`{part}`" for part in parts)
        address = address_of(name, session.catalog, session.database)
        catalog, database, table = address
        # information_schema without a catalog is the one of the catalog in use.
        if database.lower() == INFORMATION_SCHEMA:
            return self._information_schema.table(session, catalog, table.lower())
        if catalog == DEFAULT_CATALOG:
            return self._views.relation(session, address)
        return self._external(session, address)

    def _without_back_ends(self, statement: str) -> SqlError:
        """A select of constants, the history of task runs, or a scan."""
        if "task_runs" in statement.lower():
            return refused(
                "RepoExecutor execute sql failed: SELECT history_content_json FROM "
                "_statistics_.task_run_history"
            )
        if re.search(r"\bFROM\b", statement, re.IGNORECASE) is None:
            return refused("Backend node not found. Check if any backend node is down")
        return no_back_end()

    def _external(self, session: ClientSession, address: Address) -> Relation:
        catalog, database, name = address
        self._state.catalog(catalog)
        plain, _, kind = name.partition("$")
        named = (catalog, database, plain)
        if kind:
            # Metadata tables are told to whoever asks, and not of a table that is gone.
            table = self._state.lake_table(session, named)
            is_gone = not self._state.cache.is_there(self._state.catalog(catalog), named)
            if kind not in METADATA_TABLES or is_gone:
                raise unknown_table(name)
            return table.metadata(kind)
        self._state.check(session, ["SELECT"], "TABLE", named)
        return self._state.lake_table(session, named).relation

    def _with_session(self, session: ClientSession, statement: str) -> str:
        """Functions of the session, put in as values."""
        values = {
            "current_version()": f"'{self._state.version} stand-in'",
            "current_catalog()": f"'{session.catalog}'",
            "catalog()": f"'{session.catalog}'",
            "database()": f"'{session.database}'" if session.database else "NULL",
            "current_user()": f"'{session.user}@%'",
            "user()": f"'{session.user}@%'",
            "connection_id()": "1",
            "version()": "'8.0.33'",
            "@@version": "'8.0.33'",
            "@@version_comment": f"'StarRocks version {self._state.version}'",
        }

        def value_of(found: re.Match[str]) -> str:
            text = "".join(found[0].split()).lower()
            if text.startswith("@@") and text not in values:
                raise refused(f"Unknown system variable '{found[0]}'")
            return values.get(text, found[0])

        return _LITERAL_OR_CALL.sub(value_of, statement)
