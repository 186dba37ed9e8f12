"""What one connection of a client has set."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.starrocks_stand_in.names import DEFAULT_CATALOG


@dataclass
class ClientSession:
    """A connection's user, its catalog and database in use, and its active roles."""

    front_end: int
    user: str
    active_roles: set[str] = field(default_factory=set[str])
    catalog: str = DEFAULT_CATALOG
    database: str | None = None
