"""One statement in, rows or an error out: whatever front end it came to."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from resources.errors import LedgerlakeError
from tests.starrocks_stand_in.cluster.state import State, Struck
from tests.starrocks_stand_in.cluster.views import Views
from tests.starrocks_stand_in.commands.catalog_commands import CatalogCommands
from tests.starrocks_stand_in.commands.commands import command_of
from tests.starrocks_stand_in.commands.queries import Queries
from tests.starrocks_stand_in.commands.user_commands import UserCommands
from tests.starrocks_stand_in.commands.view_commands import ViewCommands, Waiting
from tests.starrocks_stand_in.engine import Rows
from tests.starrocks_stand_in.errors import SqlError, refused, syntax_error
from tests.starrocks_stand_in.faults import FaultKind
from tests.starrocks_stand_in.names import ClientSession

_POLL_SECONDS = 0.005


class Cluster:
    """Executes statements on the state that all front ends share."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._views = Views(state)
        self._queries = Queries(state, self._views)
        self._views.resolve = self._queries.relation
        self._rooms: tuple[Any, ...] = (
            CatalogCommands(state, self._views),
            UserCommands(state),
            ViewCommands(state, self._views, self._queries),
        )

    def execute(self, session: ClientSession, statement: str, struck: Struck) -> Rows | None:
        """Act on the statement.

        Raises:
            SqlError: If it is refused, or a fault says so.
        """
        text = statement.strip().rstrip(";").rstrip()
        if fault := struck.get(FaultKind.FAIL_BEFORE):
            raise SqlError(fault.number, fault.text)
        with self._state.lock:
            answer = self._act(session, text, struck)
        if isinstance(answer, Waiting):
            answer = self._wait(answer)
        if fault := struck.get(FaultKind.FAIL_AFTER):
            raise SqlError(fault.number, fault.text)
        return answer

    def _wait(self, answer: Waiting) -> Rows:
        while True:
            with self._state.lock:
                if answer.is_done():
                    return answer.rows
            time.sleep(_POLL_SECONDS)

    def _act(self, session: ClientSession, text: str, struck: Struck) -> Rows | Waiting | None:
        try:
            return self._command(session, text, struck)
        except SQLAlchemyError as error:
            raise refused(
                "Failed to get table from catalog. This connection has been closed."
            ) from error
        except (LedgerlakeError, OSError) as error:
            # A file of the lake cannot be reached.
            raise refused(
                "Unable to execute HTTP request: Connect to the object store failed "
                f"(SDK Attempt Count: 4): {type(error).__name__}"
            ) from error

    def _command(self, session: ClientSession, text: str, struck: Struck) -> Rows | Waiting | None:
        found = command_of(text)
        if found is None:
            first = text.split(maxsplit=1)[0].upper() if text else ""
            if first.strip("(") not in ("SELECT", "WITH"):
                raise syntax_error(text)
            return self._queries.select(session, text)
        name, groups = found
        if name == "set_variable":
            return None
        room = next(room for room in self._rooms if hasattr(room, name))
        answer: Rows | Waiting | None = getattr(room, name)(session, groups, struck)
        return answer
