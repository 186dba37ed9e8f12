"""Statements about users, roles and grants."""

from __future__ import annotations

from tests.starrocks_stand_in.cluster.privileges import ANY, Path, names_in, object_of
from tests.starrocks_stand_in.cluster.state import State, Struck
from tests.starrocks_stand_in.errors import refused
from tests.starrocks_stand_in.names import DEFAULT_CATALOG, ClientSession, text_of

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

    def _check(self, session: ClientSession) -> None:
        self._state.check(session, ["GRANT"], "SYSTEM", ())


def _name(groups: Groups) -> str:
    return names_in(groups["who"] or "")[0]


def _revokes(groups: Groups) -> bool:
    return (groups["verb"] or "").upper() == "REVOKE"
