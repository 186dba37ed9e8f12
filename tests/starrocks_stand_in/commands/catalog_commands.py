"""Statements about external catalogs, databases and front ends."""

from __future__ import annotations

import re

from tests.starrocks_stand_in.cluster.external_catalogs import ExternalCatalog, check_database
from tests.starrocks_stand_in.cluster.privileges import ANY, Path
from tests.starrocks_stand_in.cluster.state import State, Struck
from tests.starrocks_stand_in.cluster.views import Views
from tests.starrocks_stand_in.commands.commands import literal_pairs
from tests.starrocks_stand_in.engine import Rows, texts
from tests.starrocks_stand_in.errors import (
    bad_catalog_name,
    catalog_exists,
    database_exists,
    no_database_to_drop,
    refresh_failed,
    refused,
    unknown_catalog,
    unknown_database,
    unknown_table,
)
from tests.starrocks_stand_in.faults import FaultKind
from tests.starrocks_stand_in.names import (
    DEFAULT_CATALOG,
    INFORMATION_SCHEMA,
    ClientSession,
    address_of,
    parts_of,
    text_of,
)

Groups = dict[str, str | None]

_CATALOG_NAME = re.compile(r"[A-Za-z]\w*")
_ON_TABLES = ["SELECT", "INSERT", "UPDATE", "DELETE", "ALTER", "DROP", "REFRESH"]
_MASKED = ("aws.s3.access_key", "aws.s3.secret_key")
_LONGEST_MASKED_WHOLE = 4


class CatalogCommands:
    """One method a command; each returns rows, or None for OK."""

    def __init__(self, state: State, views: Views) -> None:
        self._state = state
        self._views = views

    def refresh_table(self, session: ClientSession, groups: Groups, struck: Struck) -> None:
        """This front end looks again, then tells every other one and waits for it."""
        state = self._state
        address = address_of(groups["name"] or "", session.catalog, session.database)
        if address[0] == DEFAULT_CATALOG:
            raise refused(f"can not refresh external table {'.'.join(address)}, do not support")
        catalog = state.catalog(address[0])
        state.check(session, state.privileges.refresh_privileges(), "TABLE", address)
        if FaultKind.SWALLOW in struck:
            return
        if late := struck.get(FaultKind.STALE):
            for number in range(len(state.ports)):
                state.cache.refresh_later(number, address, late.seconds)
            return
        if not state.cache.refresh(session.front_end, catalog, address):
            raise unknown_table(address[2])
        others = [number for number in range(len(state.ports)) if number != session.front_end]
        reasons: list[str] = []
        for number in others:
            if number in state.stopped:
                reasons.append(f"refresh fe 127.0.0.{number + 1} failed: Invalid port 0")
            else:
                state.cache.refresh(number, catalog, address)
        if reasons:
            raise refresh_failed(reasons)

    def create_catalog(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """The database is tried, the object store is not: that shows at the first use."""
        self._state.check(session, ["CREATE EXTERNAL CATALOG"], "SYSTEM", ())
        name = parts_of(groups["name"] or "")[0]
        if not _CATALOG_NAME.fullmatch(name):
            raise bad_catalog_name(name)
        if name in self._state.catalogs or name == DEFAULT_CATALOG:
            if groups["quiet"]:
                return
            raise catalog_exists(name)
        pairs = literal_pairs(groups["properties"] or "")
        properties = {text_of(key): text_of(value) for key, value in pairs}
        if properties.get("type") != "iceberg":
            raise refused(f"[type : {properties.get('type')}] is not supported by the stand-in")
        check_database(name, properties, self._state.settings)
        self._state.cache.forget(catalog=name)
        self._state.catalogs[name] = ExternalCatalog(name, properties)

    def drop_catalog(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """Its cache goes with it."""
        name = parts_of(groups["name"] or "")[0]
        if name not in self._state.catalogs:
            if groups["quiet"]:
                return
            raise unknown_catalog(name)
        self._state.check(session, ["DROP"], "CATALOG", (name,))
        del self._state.catalogs[name]
        self._state.cache.forget(catalog=name)

    def show_catalogs(self, session: ClientSession, _: Groups, __: Struck) -> Rows:
        """Those the user may use."""
        shown = [
            (DEFAULT_CATALOG, "Internal", "An internal catalog contains this cluster's tables")
        ]
        for name in sorted(self._state.catalogs):
            if self._state.may(session, ["USAGE", "DROP", "ALTER"], "CATALOG", (name,)):
                shown.append((name, "Iceberg", ""))
        return texts(["Catalog", "Type", "Comment"], shown)

    def show_create_catalog(self, _: ClientSession, groups: Groups, __: Struck) -> Rows:
        """The statement that made it, to whoever asks: keys of S3 masked, passwords as they are."""
        name = parts_of(groups["name"] or "")[0]
        catalog = self._state.catalog(name)
        listed = ",\n".join(
            f'"{key}"  =  "{_shown(key, value)}"' for key, value in catalog.properties.items()
        )
        text = f"CREATE EXTERNAL CATALOG `{name}`\nPROPERTIES ({listed}\n)"
        return texts(["Catalog", "Create Catalog"], [(name, text)])

    def set_catalog(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """Of this connection."""
        name = parts_of(groups["name"] or "")[0]
        if name != DEFAULT_CATALOG:
            self._state.catalog(name)
            self._state.check(session, ["USAGE"], "CATALOG", (name,))
        session.catalog, session.database = name, None

    def use(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """`database` or `catalog.database`, of this connection."""
        parts = parts_of(groups["name"] or "")
        catalog = parts[0] if len(parts) == 2 else session.catalog
        if parts[-1] not in self._databases(catalog):
            raise unknown_database(parts[-1])
        session.catalog, session.database = catalog, parts[-1]

    def show_databases(self, session: ClientSession, groups: Groups, _: Struck) -> Rows:
        """Those in which the user may do something: to who may nothing, none, and no error."""
        catalog = parts_of(groups["database"])[0] if groups["database"] else session.catalog
        if catalog != DEFAULT_CATALOG:
            self._state.catalog(catalog)
        names = [
            name
            for name in self._databases(catalog)
            if self._may_see(session, (catalog, name, ANY))
        ]
        return texts(["Database"], [(name,) for name in sorted(names)])

    def show_tables(self, session: ClientSession, groups: Groups, _: Struck) -> Rows:
        """Of one database; of the views' database, the views."""
        parts = parts_of(groups["database"] or session.database or "")
        catalog = parts[0] if len(parts) == 2 else session.catalog
        if not parts or parts[-1] not in self._databases(catalog):
            raise unknown_database(".".join(parts))
        if catalog == DEFAULT_CATALOG:
            names = [view.address[2] for view in self._views.all() if view.address[1] == parts[-1]]
        else:
            found = self._state.cache.tables(self._state.catalog(catalog))
            names = [
                name
                for database, name in found
                if database == parts[-1] and self._may_see(session, (catalog, database, name))
            ]
        return texts([f"Tables_in_{parts[-1]}"], [(name,) for name in names])

    def create_database(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """In the cluster itself."""
        self._state.check(session, ["CREATE DATABASE"], "CATALOG", (DEFAULT_CATALOG,))
        name = parts_of(groups["name"] or "")[-1]
        if name in self._state.databases and not groups["quiet"]:
            raise database_exists(name)
        self._state.databases.add(name)

    def drop_database(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """In the cluster itself, with its views."""
        name = parts_of(groups["name"] or "")[-1]
        if name not in self._state.databases and not groups["quiet"]:
            raise no_database_to_drop(name)
        self._state.check(session, ["DROP"], "DATABASE", (DEFAULT_CATALOG, name))
        for view in self._views.all():
            if view.address[1] == name:
                self._views.remove(view.address)
        self._state.databases.discard(name)

    def show_back_ends(self, session: ClientSession, _: Groups, __: Struck) -> Rows:
        """One row each."""
        self._state.check(session, ["OPERATE", "NODE"], "SYSTEM", ())
        names = ["BackendId", "IP", "HeartbeatPort", "BePort", "HttpPort", "BrpcPort"]
        names += ["LastStartTime", "LastHeartbeat", "Alive", "SystemDecommissioned"]
        rows = [
            (10_000 + number, f"127.0.1.{number}", 9050, 9060, 8040, 8060, "", "", "true", "false")
            for number in range(self._state.back_ends)
        ]
        return texts(names, rows)

    def _may_see(self, session: ClientSession, path: Path) -> bool:
        """Whether the user may do anything with a table, or with any of a database."""
        if path[0] == DEFAULT_CATALOG or path[1] == INFORMATION_SCHEMA:
            return True
        return self._state.may(session, _ON_TABLES, "TABLE", path)

    def _databases(self, catalog: str) -> list[str]:
        if catalog == DEFAULT_CATALOG:
            return [*self._state.databases, INFORMATION_SCHEMA]
        found = self._state.cache.databases(self._state.catalog(catalog))
        return [*found, INFORMATION_SCHEMA]


def _shown(name: str, value: str) -> str:
    """As StarRocks tells a property: quotes are escaped, backslashes are not."""
    if name in _MASKED:
        ends = (value[:2], value[-2:]) if len(value) > _LONGEST_MASKED_WHOLE else ("", "")
        return "******".join(ends)
    return value.replace('"', '\\"')
