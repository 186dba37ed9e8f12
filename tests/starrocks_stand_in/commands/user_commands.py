"""Statements about users, roles and grants."""

from __future__ import annotations

from tests.starrocks_stand_in.cluster.privileges import ANY, Grant, Path, names_in, object_of
from tests.starrocks_stand_in.cluster.state import State, Struck
from tests.starrocks_stand_in.commands.results import texts
from tests.starrocks_stand_in.engine import Rows
from tests.starrocks_stand_in.errors import refused
from tests.starrocks_stand_in.names import DEFAULT_CATALOG, text_of
from tests.starrocks_stand_in.session import ClientSession

Groups = dict[str, str | None]


class UserCommands:
    """One method a command; each returns rows, or None for OK. Only who may GRANT may do these."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._privileges = state.privileges

    def create_user(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """With password and default roles, which it is granted as well."""
        self._check(session)
        password = text_of(groups["password"]) if groups["password"] else ""
        roles = names_in(groups["roles"] or "")
        quiet = bool(groups["quiet"])
        self._privileges.create_user(_name(groups), password, roles, quiet)

    def alter_user(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """Another password, or other default roles."""
        self._check(session)
        user = self._privileges.user(_name(groups))
        if groups["password"]:
            user.password = text_of(groups["password"])
        if groups["roles"]:
            self._privileges.set_default_roles(user.name, groups["roles"])

    def drop_user(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """Gone with what it was granted."""
        self._check(session)
        if not groups["quiet"]:
            self._privileges.user(_name(groups))
        self._privileges.users.pop(_name(groups), None)

    def create_role(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """One or several."""
        self._check(session)
        for name in names_in(groups["roles"] or ""):
            self._privileges.create_role(name, bool(groups["quiet"]))

    def drop_role(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """One or several."""
        self._check(session)
        for name in names_in(groups["roles"] or ""):
            if name not in self._privileges.roles and not groups["quiet"]:
                raise refused(f"cannot find role {name}")
            self._privileges.roles.pop(name, None)

    def grant(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """Privileges on an object; names without catalog are of the connection's catalog."""
        self._check(session)
        receiver = {"kind": groups["kind"] or "USER", "name": _name(groups)}
        target = object_of(groups["object"] or "", session.catalog, session.database)
        self._check_object(*target)
        self._privileges.change_grants(
            groups["privileges"] or "", target, receiver, revoke=_revokes(groups)
        )

    def _check_object(self, kind: str, paths: list[Path]) -> None:
        """What is granted on has to be there."""
        state = self._state
        for path in paths:
            if path and path[0] not in (ANY, DEFAULT_CATALOG) and path[0] not in state.catalogs:
                raise refused(f"cannot find catalog: {path[0]}")
            is_own = kind != "CATALOG" and path[:1] == (DEFAULT_CATALOG,) and path[1] != ANY
            if is_own and path[1] not in state.databases:
                raise refused(f"cannot find db: {path[1]}")

    def grant_role(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """Roles to a user."""
        self._check(session)
        roles = names_in(groups["roles"] or "")
        self._privileges.grant_roles(roles, _name(groups), _revokes(groups))

    def set_default_role(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """The roles that are active after login."""
        if session.user != _name(groups):
            self._check(session)
        self._privileges.set_default_roles(_name(groups), groups["roles"] or "")

    def set_role(self, session: ClientSession, groups: Groups, _: Struck) -> None:
        """The roles that are active in this connection."""
        session.active_roles = self._privileges.activated(session.user, groups["roles"] or "")

    def show_grants(self, session: ClientSession, groups: Groups, _: Struck) -> Rows:
        """What a user or role was granted."""
        who = names_in(groups["who"])[0] if groups["who"] else session.user
        if who != session.user:
            self._check(session)
        if (groups["kind"] or "USER").upper() == "ROLE":
            if who not in self._privileges.roles:
                raise refused(f"cannot find role {who}")
            return _shown(who, [], self._privileges.roles[who], f"ROLE '{who}'")
        user = self._privileges.user(who)
        identity = f"'{who}'@'%'"
        return _shown(identity, sorted(user.roles), user.grants, f"USER {identity}")

    def show_roles(self, session: ClientSession, _: Groups, __: Struck) -> Rows:
        """All of them."""
        self._check(session)
        names = ["Name", "Builtin", "Comment"]
        return texts(names, [(name, "false", "") for name in sorted(self._privileges.roles)])

    def show_users(self, session: ClientSession, _: Groups, __: Struck) -> Rows:
        """All of them."""
        self._check(session)
        return texts(["User"], [(f"'{name}'@'%'",) for name in sorted(self._privileges.users)])

    def _check(self, session: ClientSession) -> None:
        self._state.check(session, ["GRANT"], "SYSTEM", ())


def _name(groups: Groups) -> str:
    return names_in(groups["who"] or "")[0]


def _revokes(groups: Groups) -> bool:
    return (groups["verb"] or "").upper() == "REVOKE"


def _shown(who: str, roles: list[str], grants: set[Grant], receiver: str) -> Rows:
    """A row for each object, with all that is granted on it."""
    rows: list[tuple[object, ...]] = []
    if roles:
        listed = ", ".join(f"'{role}'" for role in roles)
        rows.append((who, None, f"GRANT {listed} TO {receiver}"))
    for kind, path in sorted({(grant.kind, grant.path) for grant in grants}):
        given = {grant.privilege for grant in grants if (grant.kind, grant.path) == (kind, path)}
        catalog = path[0] if len(path) > 1 else None
        on = ".".join(path[-2:] if len(path) == 3 else path[-1:])
        rows.append(
            (who, catalog, f"GRANT {', '.join(sorted(given))} ON {kind} {on} TO {receiver}")
        )
    return texts(["UserIdentity", "Catalog", "Grants"], rows)
