"""Users, roles and what they may do, as far as the lake's service user needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.starrocks_stand_in.errors import access_denied, analysis_error, refused, syntax_error
from tests.starrocks_stand_in.names import DEFAULT_CATALOG, parts_of

ANY = "*"
ADMINISTRATOR = "root"
REFRESH_SINCE = (4, 0, 0)

Path = tuple[str, ...]

_BUILT_IN = ("root", "db_admin", "user_admin", "cluster_admin", "public")

# What can be granted on each kind of object; REFRESH on tables comes with 4.0.
_PRIVILEGES = {
    "CATALOG": {"USAGE", "CREATE DATABASE", "DROP", "ALTER"},
    "DATABASE": {
        "ALTER",
        "DROP",
        "CREATE TABLE",
        "CREATE VIEW",
        "CREATE FUNCTION",
        "CREATE MATERIALIZED VIEW",
    },
    "TABLE": {"ALTER", "DROP", "SELECT", "INSERT", "EXPORT", "UPDATE", "DELETE"},
    "MATERIALIZED VIEW": {"SELECT", "ALTER", "REFRESH", "DROP"},
    "SYSTEM": {"GRANT", "NODE", "CREATE EXTERNAL CATALOG", "OPERATE", "BLACKLIST", "REPOSITORY"},
}


@dataclass(frozen=True)
class Grant:
    """A privilege on an object; a part of the path that is `*` stands for all."""

    privilege: str
    kind: str
    path: Path

    def gives(self, privilege: str, kind: str, path: Path) -> bool:
        """Whether it allows that."""
        return (
            self.kind == kind
            and self.privilege in (privilege, "ALL")
            and all(
                own in (ANY, other) or other == ANY
                for own, other in zip(self.path, path, strict=False)
            )
        )


@dataclass
class User:
    """Who can log in. Of the roles, only the default ones are active after it."""

    name: str
    password: str
    roles: set[str] = field(default_factory=set[str])
    default_roles: set[str] = field(default_factory=set[str])
    grants: set[Grant] = field(default_factory=set[Grant])


class Privileges:
    """Who may do what.

    Args:
        version: (major, minor, patch); from 4.0 REFRESH is a privilege on tables.
        administrator_password: Of `root`, who may do everything.
    """

    def __init__(self, version: tuple[int, int, int], administrator_password: str) -> None:
        self._has_refresh = version >= REFRESH_SINCE
        self.users = {ADMINISTRATOR: User(ADMINISTRATOR, administrator_password)}
        self.roles: dict[str, set[Grant]] = {name: set() for name in _BUILT_IN}

    def may(
        self, user: str, active: Iterable[str], privileges: Iterable[str], kind: str, path: Path
    ) -> bool:
        """Whether the user, with these roles active, has one of the privileges on the object."""
        if user == ADMINISTRATOR:
            return True
        grants = set(self.users[user].grants)
        for role in active:
            grants |= self.roles.get(role, set())
        return any(
            grant.gives(privilege, kind, path) for grant in grants for privilege in privileges
        )

    def check(
        self, user: str, active: Iterable[str], privileges: list[str], kind: str, path: Path
    ) -> None:
        """Raise 5203 unless `may`."""
        if not self.may(user, active, privileges, kind, path):
            raise access_denied(
                " or ".join(privileges), kind, path[-1] if path else "", sorted(active)
            )

    def refresh_privileges(self) -> list[str]:
        """What allows REFRESH EXTERNAL TABLE: ALTER, from 4.0 REFRESH as well."""
        return ["REFRESH", "ALTER"] if self._has_refresh else ["ALTER"]

    def create_user(
        self, name: str, password: str, default_roles: Iterable[str], if_not_exists: bool
    ) -> None:
        """CREATE USER. Its default roles are granted to it, and active."""
        if name in self.users:
            if if_not_exists:
                return
            raise refused(f"Operation CREATE USER failed for '{name}'@'%' : user already exists")
        roles = set(default_roles)
        self._check_roles(roles)
        self.users[name] = User(name, password, set(roles), set(roles))

    def create_role(self, name: str, if_not_exists: bool) -> None:
        """CREATE ROLE."""
        if name in self.roles:
            if if_not_exists:
                return
            raise refused(f"Operation CREATE ROLE failed for {name} : role already exists")
        self.roles[name] = set()

    def user(self, name: str) -> User:
        """The user of that name; an error if there is none."""
        if name not in self.users:
            raise refused(f"cannot find user '{name}'@'%'")
        return self.users[name]

    def set_default_roles(self, name: str, roles: str) -> None:
        """SET DEFAULT ROLE: ALL, NONE, or roles that the user was granted."""
        user = self.user(name)
        wanted = _chosen(roles, user.roles)
        if not wanted <= user.roles:
            raise refused(f"Role {sorted(wanted - user.roles)[0]} is not granted to '{name}'@'%'")
        user.default_roles = wanted

    def grant_roles(self, roles: Iterable[str], to: str, revoke: bool) -> None:
        """GRANT role TO user. It is not active until it is a default role."""
        wanted = set(roles)
        self._check_roles(wanted)
        user = self.user(to)
        if revoke:
            user.roles -= wanted
            user.default_roles -= wanted
        else:
            user.roles |= wanted

    def change_grants(
        self,
        privileges: str,
        target: tuple[str, list[Path]],
        receiver: Mapping[str, str],
        revoke: bool,
    ) -> None:
        """GRANT or REVOKE privileges ON an object TO or FROM a user or role."""
        kind, paths = target
        wanted = {name.strip().upper() for name in privileges.split(",")}
        wanted = {"ALL" if name in ("ALL", "ALL PRIVILEGES") else name for name in wanted}
        for name in wanted - {"ALL"}:
            if name not in self._grantable(kind):
                raise analysis_error(f"Cannot grant {name} to {kind}")
        if receiver["kind"].upper() == "ROLE":
            self._check_roles({receiver["name"]})
            grants = self.roles[receiver["name"]]
        else:
            grants = self.user(receiver["name"]).grants
        changed = {Grant(name, kind, path) for name in wanted for path in paths}
        if revoke:
            grants -= changed
        else:
            grants |= changed

    def _grantable(self, kind: str) -> set[str]:
        more = {"REFRESH"} if kind == "TABLE" and self._has_refresh else set[str]()
        return _PRIVILEGES[kind] | more

    def _check_roles(self, roles: Iterable[str]) -> None:
        for role in roles:
            if role not in self.roles:
                raise refused(f"cannot find role {role}")


def _chosen(roles: str, granted: set[str]) -> set[str]:
    word = roles.strip().upper()
    if word == "ALL":
        return set(granted)
    return set() if word == "NONE" else set(names_in(roles))


def names_in(text: str) -> list[str]:
    """'a'@'%', `b`, c -> ["a", "b", "c"]."""
    found = re.findall(r"""['"`]?([\w$]+)['"`]?(?:\s*@\s*['"`][^'"`]*['"`])?""", text)
    return [str(name) for name in found]


def object_of(text: str, catalog: str, database: str | None) -> tuple[str, list[Path]]:
    """The kind of object and the paths that `ON ...` names."""
    words = " ".join(text.split())
    if words.upper() == "SYSTEM":
        return "SYSTEM", [()]
    if re.fullmatch(r"ALL CATALOGS", words, re.IGNORECASE):
        return "CATALOG", [(ANY,)]
    if re.fullmatch(r"ALL DATABASES", words, re.IGNORECASE):
        return "DATABASE", [(catalog, ANY)]
    every = re.fullmatch(
        r"ALL (TABLES|MATERIALIZED VIEWS) IN (?:ALL DATABASES|DATABASE (\S+))", words, re.IGNORECASE
    )
    if every:
        kind = "TABLE" if every[1].upper() == "TABLES" else "MATERIALIZED VIEW"
        inside = parts_of(every[2])[0] if every[2] else ANY
        return kind, [(catalog if kind == "TABLE" else DEFAULT_CATALOG, inside, ANY)]
    one = re.fullmatch(
        r"(?:(CATALOG|DATABASE|TABLE|MATERIALIZED VIEW)S? )?(.+)", words, re.IGNORECASE
    )
    if one is None:
        raise syntax_error(text)
    kind = (one[1] or "TABLE").upper()
    return kind, [_path(kind, name, catalog, database) for name in one[2].split(",")]


def _path(kind: str, name: str, catalog: str, database: str | None) -> Path:
    parts = parts_of(name)
    if kind == "CATALOG" and len(parts) == 1:
        return parts
    if kind == "DATABASE" and len(parts) == 1:
        return (catalog, *parts)
    if kind in ("TABLE", "MATERIALIZED VIEW") and len(parts) == 2:
        return (catalog, *parts)
    if kind in ("TABLE", "MATERIALIZED VIEW") and len(parts) == 1 and database:
        return (catalog, database, *parts)
    raise analysis_error(f"invalid object tokens: {name}; use SET CATALOG first")
