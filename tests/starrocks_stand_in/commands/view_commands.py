"""Statements about materialized views, and CACHE SELECT."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp, parse_one

from tests.starrocks_stand_in.cluster.lake_tables import CachedTable
from tests.starrocks_stand_in.cluster.state import State, Struck
from tests.starrocks_stand_in.cluster.views import FAILED, Job, View, Views
from tests.starrocks_stand_in.commands.queries import Queries
from tests.starrocks_stand_in.commands.view_statements import (
    Definition,
    check_partitioning,
    definition_of,
    output_columns,
    refresh_request_of,
)
from tests.starrocks_stand_in.engine import Rows, texts
from tests.starrocks_stand_in.errors import (
    SqlError,
    analysis_error,
    no_view_to_refresh,
    refused,
    syntax_error,
    unknown_database,
    unknown_view,
    view_exists,
)
from tests.starrocks_stand_in.names import DEFAULT_CATALOG, Address, ClientSession, address_of

Groups = dict[str, str | None]

_KIND = "MATERIALIZED VIEW"


@dataclass(frozen=True)
class Waiting:
    """An answer that is given when something is done."""

    rows: Rows
    is_done: Callable[[], bool]


class ViewCommands:
    """One method a command; each returns rows, or None for OK."""

    def __init__(self, state: State, views: Views, queries: Queries) -> None:
        self._state = state
        self._views = views
        self._queries = queries
        self._next_number = 10_001

    def create_view(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """Checked against the base tables as they are cached; empty until it is refreshed."""
        address = self._address(session, groups)
        self._check_database(address)
        database = (DEFAULT_CATALOG, address[1])
        self._state.check(session, ["CREATE MATERIALIZED VIEW"], "DATABASE", database)
        if self._views.find(address) is not None:
            if groups["quiet"]:
                return
            raise view_exists(address[2])
        query, rest = groups["query"] or "", groups["rest"] or ""
        definition = definition_of(rest)
        # Rows are never asked for here; what is wrong with the query shows nevertheless.
        self._queries.select(session, f"SELECT * FROM ({query}) AS `rows` LIMIT 0")
        sources = output_columns(query)
        bases = self._bases(session, query)
        _check(definition, sources, bases)
        if definition.replicas > self._state.back_ends:
            raise refused(
                "Table replication num should be less than of equal to the number of available BE "
                "nodes. You can change this default by setting the replication_num table properties"
            )
        columns = definition.columns or list(sources)
        if len(columns) != len(sources):
            raise analysis_error("Column number of view and query differ")
        view = View(
            number=self._next_number,
            address=address,
            columns=columns,
            partition_column=definition.partition_column,
            query=query,
            definition=_rewritten(address[2], definition, query),
            comment=definition.comment,
            refresh_type=definition.refresh_type,
            runs_of=definition.runs_of,
            creator=session.user,
            bases={base: str(table.table.metadata.table_uuid) for base, table in bases.items()},
        )
        self._next_number += 2
        self._views.add(view)
        if not definition.deferred:
            self._views.submit(view, Job(str(uuid.uuid4()), False, None, None, None, False))

    def drop_view(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """With its rows."""
        address = self._address(session, groups)
        if address[1] not in self._state.databases:
            raise unknown_database(address[1])
        if self._views.find(address) is None:
            if groups["quiet"]:
                return
            raise unknown_view(address[2])
        self._state.check(session, ["DROP"], _KIND, address)
        self._views.remove(address)

    def alter_view(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """ACTIVE: over its base tables as they are now."""
        view = self._view(session, groups, ["ALTER"])
        if (groups["state"] or "").upper() == "INACTIVE":
            view.inactive_reason = "user use alter materialized view set status to inactive"
            return
        identities = {base: self._views.identity(base) for base in view.bases}
        for base, identity in identities.items():
            if identity is None:
                raise SqlError(
                    5502,
                    f"Can not active materialized view [{view.address[2]}] because analyze "
                    f"materialized view define sql failed: Unknown table '{base[2]}'",
                )
            view.bases[base] = identity
        if view.inactive_reason is not None:
            view.inactive_reason = None
            view.seen = dict.fromkeys(view.seen, "of another table")

    def refresh_view(self, session: ClientSession, groups: Groups, _: Struck) -> Rows | Waiting:
        """The id of the first task run; with SYNC only when the job is done."""
        request = refresh_request_of(groups["rest"] or "")
        address = self._address(session, groups)
        self._check_database(address)
        if self._views.find(address) is None:
            raise no_view_to_refresh(address[2])
        view = self._view(session, groups, ["REFRESH"])
        if view.inactive_reason is not None:
            raise refused(
                f"Refresh materialized view failed because [{view.address[2]}] is not active. "
                f"You can try to active it with ALTER MATERIALIZED VIEW {view.address[2]} ACTIVE; "
            )
        has_range = request.start is not None or request.chosen is not None
        if has_range and view.partition_column is None:
            raise refused("Not support refresh by partition for single partition mv")
        job = Job(
            str(uuid.uuid4()),
            request.force,
            request.start,
            request.end,
            request.chosen,
            request.sync,
        )
        run = self._views.submit(view, job)
        rows = texts(["QUERY_ID"], [(run.query_id,)])
        return Waiting(rows, lambda: self._is_done(view, job)) if request.sync else rows

    def _is_done(self, view: View, job: Job) -> bool:
        if not self._views.is_done(view, job):
            return False
        failed = [each for each in view.runs if each.job is job and each.state == FAILED]
        if failed:
            raise refused(f"Refresh materialized view {view.address[2]} failed: {failed[0].error}")
        return True

    def cache_select(self, session: ClientSession, groups: Groups, _: Struck) -> Rows:
        """Checked and read as the SELECT it is; one external table only."""
        query = groups["query"] or ""
        if len(list(parse_one(query, dialect="starrocks").find_all(exp.Table))) != 1:
            raise syntax_error(query)
        if not self._bases(session, query):
            raise analysis_error("CACHE SELECT is for external tables")
        self._queries.select(session, query)
        names = ["AVG_READ_CACHE_SIZE", "AVG_WRITE_CACHE_SIZE"]
        names += ["AVG_WRITE_CACHE_TIME", "TOTAL_CACHE_USAGE"]
        return texts(names, [("0B", "1MB", "1ms", "1%")])

    def _bases(self, session: ClientSession, query: str) -> dict[Address, CachedTable]:
        """The lake's tables that a query reads."""
        bases: dict[Address, CachedTable] = {}
        for table in parse_one(query, dialect="starrocks").find_all(exp.Table):
            name = ".".join(f"`{part.name}`" for part in table.parts)
            address = address_of(name, session.catalog, session.database)
            if self._state.is_external(address):
                bases[address] = self._state.lake_table(session, address)
        return bases

    def _address(self, session: ClientSession, groups: Groups) -> Address:
        return address_of(groups["name"] or "", DEFAULT_CATALOG, session.database)

    def _check_database(self, address: Address) -> None:
        if address[1] not in self._state.databases:
            raise refused(f"Can not find database:{address[1]} in {DEFAULT_CATALOG}")

    def _view(self, session: ClientSession, groups: Groups, privileges: list[str]) -> View:
        address = self._address(session, groups)
        if self._views.find(address) is None:
            raise unknown_view(address[2])
        view = self._views.get(address)
        self._state.check(session, privileges, _KIND, address)
        return view


def _rewritten(name: str, definition: Definition, query: str) -> str:
    """The statement in the front end's own words: of what was written the comment is kept."""
    column = definition.partition_column
    comment = definition.comment.replace('"', '\\"')
    return (
        f'CREATE MATERIALIZED VIEW `{name}`\nCOMMENT "{comment}"\n'
        + (f"PARTITION BY (`{column}`)\n" if column else "")
        + f"REFRESH DEFERRED {definition.refresh_type}\n"
        + f'PROPERTIES (\n"replication_num" = "{definition.replicas}"\n)\nAS {query};'
    )


def _check(
    definition: Definition, sources: dict[str, str | None], bases: dict[Address, CachedTable]
) -> None:
    column = definition.partition_column
    if column is None:
        return
    names = dict(zip(definition.columns or sources, sources.values(), strict=False))
    if column not in names:
        raise analysis_error(f"Column '{column}' cannot be resolved")
    for base in bases.values():
        check_partitioning(definition, names[column], base)
