"""One connection to one front end: PyMySQL with a timeout on every wait."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import pymysql
from pydantic import SecretStr
from pymysql.connections import Connection

from resources.errors import SettingsError
from resources.settings import Settings
from resources.starrocks.client.classification import WIRE_ERRORS

_PORT = 9030
# A connection that was idle for longer is pinged before a statement is sent.
_TRUSTED_SECONDS = 1.0


@dataclass(frozen=True)
class FrontEnd:
    """Where a front end answers MySQL's protocol."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Account:
    """Who sends statements."""

    user: str
    password: SecretStr | None


def front_ends(settings: Settings) -> tuple[FrontEnd, ...]:
    """The configured front ends, in order; SettingsError if there is none, or one is malformed."""
    listed = [each.strip() for each in (settings.starrocks_front_ends or "").split(",")]
    found = tuple(_front_end(each) for each in listed if each)
    if not found:
        raise SettingsError(
            "StarRocks is not configured",
            "Set LEDGERLAKE_STARROCKS_FRONT_ENDS to host:port of its front ends.",
        )
    return found


def _front_end(text: str) -> FrontEnd:
    has_port = ":" in text and not text.endswith("]")
    host, _, port = text.rpartition(":") if has_port else (text, "", str(_PORT))
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(
            f"LEDGERLAKE_STARROCKS_FRONT_ENDS has {text!r}, which is no host:port",
            "Write it as host:port of each front end, with commas between.",
        )
    return FrontEnd(host, int(port))


def _refuse_clear_password(_connection: object) -> NoReturn:
    raise pymysql.OperationalError(
        1045, "the server asked for the password in clear text, over a connection without TLS"
    )


class FrontEndConnection(Connection):
    """An open connection, on which statements are sent one at a time.

    Without a certificate authority the connection is encrypted if the front end offers it, and
    the front end is not proven to be the right one.

    Raises:
        WIRE_ERRORS: If the front end does not answer within `starrocks_connect_seconds`, or does
            not let the user in.
    """

    _read_timeout: float | None

    def __init__(self, front_end: FrontEnd, account: Account, settings: Settings) -> None:
        self.front_end = front_end
        self._used_at = 0.0
        authority = settings.starrocks_tls_authority
        password = account.password.get_secret_value() if account.password else ""
        super().__init__(
            host=front_end.host,
            port=front_end.port,
            user=account.user,
            # PyMySQL would encode text as Latin-1.
            password=password.encode(),
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=settings.starrocks_connect_seconds,
            read_timeout=settings.starrocks_connect_seconds,
            write_timeout=settings.starrocks_answer_seconds,
            ssl_ca=str(authority) if authority else None,
            ssl_verify_cert=True if authority else None,
            ssl_verify_identity=True if authority else None,
            auth_plugin_map=None if authority else {"mysql_clear_password": _refuse_clear_password},
        )

    def answer(self, statement: str, seconds: float) -> list[tuple[Any, ...]]:
        """Send one statement, its values in it, and return its rows; `seconds` may pass silently.

        Raises:
            WIRE_ERRORS: If the answer is an error, or does not come.
        """
        self._read_timeout = seconds
        with self.cursor() as cursor:
            cursor.execute(statement)
            rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
        self._used_at = time.monotonic()
        return list(rows)

    def is_alive(self, seconds: float) -> bool:
        """Whether it still answers; one that answered a moment ago is not pinged."""
        if time.monotonic() - self._used_at < _TRUSTED_SECONDS:
            return self.open
        self._read_timeout = seconds
        try:
            self.ping(reconnect=False)
        except WIRE_ERRORS:
            self.drop()
            return False
        self._used_at = time.monotonic()
        return True

    def drop(self) -> None:
        """Close it, whether or not the other side is still there."""
        with suppress(pymysql.Error):
            self.close()
