"""The client: one statement at a time, to the first front end that answers."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from pydantic import SecretStr

from resources.settings import Settings
from resources.starrocks.client.classification import LOST, WIRE_ERRORS, classify
from resources.starrocks.client.connection import Account, FrontEndConnection, front_ends
from resources.starrocks.client.errors import Denied, StarRocksError, Unreachable
from resources.starrocks.client.literals import Value, with_values, without_secrets
from resources.starrocks.client.versions import Version

_REPEATABLE = re.compile(
    r"\s*(SELECT|SHOW|DESC|DESCRIBE|EXPLAIN|REFRESH\s+EXTERNAL\s+TABLE)\b", re.IGNORECASE
)
_SHOWN_LENGTH = 300
UNANSWERED = "no answer so far"
"""The error of a statement whose answer has not come yet."""


@dataclass(frozen=True)
class StatementRecord:
    """One statement that was sent, secrets shown as ***. `error` None: StarRocks answered OK."""

    sent_at: datetime
    statement: str
    front_end: str
    seconds: float
    error: str | None


Run = Callable[..., list[tuple[Any, ...]]]
"""Sends one statement and returns its rows, as `StarRocks.run` does."""


class StarRocks:
    """Sends statements, from any thread, one at a time; connects at the first one.

    Args:
        settings: The starrocks_* settings say where, as whom, and how long to wait.
        on_statement: Called with each statement after its answer or its failure.
        account: The user, if not the service user.
        before_statement: Called before a statement is sent, its error UNANSWERED: so it is on
            record even if this process dies before the answer.

    Raises:
        SettingsError: If StarRocks is not configured.
    """

    def __init__(
        self,
        settings: Settings,
        on_statement: Callable[[StatementRecord], None] | None = None,
        account: Account | None = None,
        before_statement: Callable[[StatementRecord], None] | None = None,
    ) -> None:
        self._settings = settings
        self._on_statement = on_statement
        self._before_statement = before_statement
        self._account = account or Account(settings.starrocks_user, settings.starrocks_password)
        self._front_ends = front_ends(settings)
        self._connection: FrontEndConnection | None = None
        self._lock = threading.RLock()

    def run(
        self,
        statement: str,
        parameters: Sequence[Value] = (),
        answer_seconds: float | None = None,
    ) -> list[tuple[Any, ...]]:
        """Send one statement and return its rows; of one that returns none, an empty list.

        If a front end cannot be reached, the next one is asked. A statement that was sent is sent
        again only if it changes nothing, or the same thing: SELECT, SHOW, REFRESH EXTERNAL TABLE.

        Args:
            statement: The text, identifiers quoted, `%s` for each value.
            parameters: The values, which are quoted here. A SecretStr is sent and never shown.
            answer_seconds: How long to wait for the answer, if not starrocks_answer_seconds.

        Raises:
            StarRocksError: The subclass, and its `retry`, say what to do.
        """
        with self._lock:
            tried: dict[str, StarRocksError] = {}
            for connection in self._connections(tried):
                try:
                    return self._answer(connection, statement, parameters, answer_seconds)
                except Unreachable as error:
                    if error.code not in LOST:
                        raise
                    tried[str(connection.front_end)] = error
            raise _none_answers(tried)

    @contextmanager
    def session(self) -> Generator[Run]:
        """A connection of its own, for statements that depend on a SET CATALOG before them.

        Gives a function like `run`, which raises the same errors and sends nothing twice.
        """
        tried: dict[str, StarRocksError] = {}
        connection = next(self._fresh(tried), None)
        if connection is None:
            raise _none_answers(tried)
        try:
            yield partial(self._answer, connection)
        finally:
            connection.drop()

    def version(self) -> Version:
        """The version of the front end that answers; Refused if it is no released version."""
        return Version.parse(str(self.run("SELECT current_version()")[0][0]))

    def close(self) -> None:
        """Close the connection. The next `run` opens another."""
        with self._lock:
            if self._connection is not None:
                self._connection.drop()
                self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connections(self, tried: dict[str, StarRocksError]) -> Iterator[FrontEndConnection]:
        """The open connection if it still answers, then a new one to each front end in turn."""
        kept = self._connection
        if kept is not None and kept.is_alive(self._settings.starrocks_connect_seconds):
            yield kept
        for connection in self._fresh(tried):
            self.close()
            self._connection = connection
            yield connection

    def _fresh(self, tried: dict[str, StarRocksError]) -> Iterator[FrontEndConnection]:
        """A new connection to each front end in turn; errors of the others go into `tried`."""
        for front_end in self._front_ends:
            failure = None
            try:
                connection = FrontEndConnection(front_end, self._account, self._settings)
            except WIRE_ERRORS as error:
                failure = classify(error, f"Connecting to {front_end}", self._secrets(), sent=False)
            else:
                # Asked first from now on: a dead one costs its time-out once.
                others = tuple(each for each in self._front_ends if each != front_end)
                self._front_ends = (front_end, *others)
                yield connection
                continue
            if isinstance(failure, Denied):
                raise failure
            tried[str(front_end)] = failure

    def _answer(
        self,
        connection: FrontEndConnection,
        statement: str,
        parameters: Sequence[Value] = (),
        answer_seconds: float | None = None,
    ) -> list[tuple[Any, ...]]:
        told, sent = without_secrets(statement, parameters), with_values(statement, parameters)
        front_end = str(connection.front_end)
        record = StatementRecord(datetime.now(UTC), told, front_end, 0.0, UNANSWERED)
        if self._before_statement is not None:
            self._before_statement(record)
        began = time.monotonic()
        seconds = answer_seconds or self._settings.starrocks_answer_seconds
        rows: list[tuple[Any, ...]] = []
        failure = None
        try:
            rows = connection.answer(sent, seconds)
        except WIRE_ERRORS as error:
            failure = classify(
                error,
                f"{_shortened(told)} at {front_end}",
                self._secrets(parameters),
                repeatable=_REPEATABLE.match(statement) is not None,
            )
        if self._on_statement is not None:
            message = failure and failure.message
            self._on_statement(replace(record, seconds=time.monotonic() - began, error=message))
        # Raised here and not in the except clause: the driver's error, which may tell the
        # statement with its secrets, does not come along.
        if failure is not None:
            raise failure
        return rows

    def _secrets(self, parameters: Sequence[Value] = ()) -> list[SecretStr]:
        own = [self._account.password] if self._account.password else []
        return own + [value for value in parameters if isinstance(value, SecretStr)]


def _shortened(statement: str) -> str:
    words = " ".join(statement.split())
    return words if len(words) <= _SHOWN_LENGTH else words[: _SHOWN_LENGTH - 1] + "…"


def _none_answers(tried: Mapping[str, StarRocksError]) -> StarRocksError:
    """The one error of all front ends; one that is not about reaching them comes first."""
    other = next((each for each in tried.values() if not isinstance(each, Unreachable)), None)
    if other is not None:
        return other
    first = next(iter(tried.values()))
    if len(tried) == 1:
        return first
    causes = {name: error.message.splitlines()[-1].strip() for name, error in tried.items()}
    said = "\n".join(f"  {name}: {cause}" for name, cause in causes.items())
    return Unreachable(
        f"No front end of StarRocks can be reached, or can work now.\n{said}",
        first.next_step,
        code=first.code,
    )
