"""What all front ends share: catalogs, databases, users, caches, views."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from resources.settings import Settings
from tests.starrocks_stand_in.cluster.external_catalogs import ExternalCatalog, TableCache
from tests.starrocks_stand_in.cluster.lake_tables import CachedTable
from tests.starrocks_stand_in.cluster.privileges import Path, Privileges
from tests.starrocks_stand_in.engine import Engine
from tests.starrocks_stand_in.errors import (
    unknown_catalog,
    unknown_database,
    unknown_table,
)
from tests.starrocks_stand_in.faults import Fault, FaultKind, Faults
from tests.starrocks_stand_in.names import (
    DEFAULT_CATALOG,
    INFORMATION_SCHEMA,
    Address,
    ClientSession,
)

Struck = dict[FaultKind, Fault]
"""The faults that strike one statement."""


def version_number(version: str) -> tuple[int, int, int]:
    """ "4.0.9" -> (4, 0, 9)."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


@dataclass
class State:
    """One cluster."""

    settings: Settings
    version: str
    privileges: Privileges
    cache: TableCache
    engine: Engine
    faults: Faults
    ports: list[int]
    run_seconds: float
    back_ends: int = 1
    """How many are alive. Without one, nothing but the front ends' own memory answers."""
    catalogs: dict[str, ExternalCatalog] = field(default_factory=dict[str, ExternalCatalog])
    databases: set[str] = field(default_factory=set[str])
    stopped: set[int] = field(default_factory=set[int])
    lock: threading.RLock = field(default_factory=threading.RLock)

    def catalog(self, name: str) -> ExternalCatalog:
        """The external catalog of that name; 5078 if there is none."""
        if name not in self.catalogs:
            raise unknown_catalog(name)
        return self.catalogs[name]

    def lake_table(self, session: ClientSession, address: Address) -> CachedTable:
        """The table as the session's front end sees it; 5502 if it sees none."""
        found = self.cache.read(session.front_end, self.catalog(address[0]), address)
        if found is None:
            self.check_database(address)
            raise unknown_table(".".join(address))
        return found

    def check_database(self, address: Address) -> None:
        """Raise 5501 if a table's database is not there."""
        if address[1] not in self.cache.databases(self.catalog(address[0])):
            raise unknown_database(address[1])

    def is_external(self, address: Address) -> bool:
        """Whether the address is one of a lake's table."""
        return address[0] != DEFAULT_CATALOG and address[1] != INFORMATION_SCHEMA

    def check(self, session: ClientSession, privileges: list[str], kind: str, path: Path) -> None:
        """Raise 5203 unless the session's user has one of the privileges on the object."""
        self.privileges.check(session.user, session.active_roles, privileges, kind, path)

    def may(self, session: ClientSession, privileges: list[str], kind: str, path: Path) -> bool:
        """Whether the session's user has one of the privileges on the object."""
        return self.privileges.may(session.user, session.active_roles, privileges, kind, path)
