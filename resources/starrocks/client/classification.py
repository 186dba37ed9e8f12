"""Classifies errors of the driver and of StarRocks: by number, or else by text."""

from __future__ import annotations

import re
import ssl
import struct
from collections.abc import Iterable
from dataclasses import dataclass

import pymysql
from pydantic import SecretStr
from pymysql.constants import CR
from pymysql.converters import escape_string

from resources.starrocks.client.errors import (
    Denied,
    LakeUnreachable,
    NotThere,
    OutcomeUnknown,
    RefreshIncomplete,
    Refused,
    StarRocksError,
    Unreachable,
)

WIRE_ERRORS = (
    pymysql.MySQLError,
    OSError,
    # Raised by the driver if the other side does not speak MySQL's protocol.
    struct.error,
    ValueError,
    IndexError,
    AssertionError,
)

LOST = (None, CR.CR_CONN_HOST_ERROR, CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST)
"""Codes of errors that are the driver's, not StarRocks'."""

_MASK = "***"
_LENGTH = 500
_SENT_IN_PART = CR.CR_SERVER_GONE_ERROR
_NO_ANSWER = CR.CR_SERVER_LOST


@dataclass(frozen=True)
class _Kind:
    """How one kind of error is recognised, its class and its next step."""

    error: type[StarRocksError]
    next_step: str
    codes: frozenset[int] = frozenset()
    text: str | None = None

    def has_text(self, text: str) -> bool:
        return self.text is not None and re.search(self.text, text, re.IGNORECASE) is not None


_REACH = (
    "It is tried again by itself. If it stays: see that the catalog's database and the object "
    "store run, and that every host of StarRocks reaches them."
)

# Numbers are those of StarRocks' ErrorCode.java. Errors without a number, and those of its
# connectors, come as 1064: of these the first kind whose text matches counts.
_KINDS = (
    _Kind(
        RefreshIncomplete,
        "See which front end is down (SHOW FRONTENDS); the refresh is repeated until all have it.",
        frozenset({5074}),
    ),
    _Kind(
        Refused,
        "Correct LEDGERLAKE_STARROCKS_CATALOG_USER and _PASSWORD, and host, port and database in "
        "LEDGERLAKE_CATALOG_URI as StarRocks' front ends reach them; then run setup again.",
        text=r"\bconnector create failed\b|\bfailed to init connector\b",
    ),
    _Kind(
        Denied,
        "The lake's database or object store denies it to StarRocks, not StarRocks to us: correct "
        "the role or key that StarRocks has, and run `ledgerlake starrocks setup --replace`.",
        text=r"\bpassword authentication failed\b|\bno pg_hba\.conf entry\b|"
        r"\bpermission denied for (table|schema|database|relation)\b|\brole \S+ does not exist\b|"
        r"\bstatus code: 40[13]\b|\bInvalidAccessKeyId\b|\bSignatureDoesNotMatch\b",
    ),
    _Kind(
        Denied,
        "Correct user and password, or run `ledgerlake starrocks setup`, which grants what the "
        "service user needs.",
        frozenset({1044, 1045, 1130, 1142, 1211, 1227, 1698, 5203}),
        r"^access denied",
    ),
    _Kind(
        Unreachable,
        "See what StarRocks is busy with (SHOW PROCESSLIST), and that its back ends are alive "
        "(SHOW BACKENDS). It is tried again by itself.",
        frozenset({1040, 1203, 5021, 5024}),
        r"\bno (alive|available) (backend|compute node)|\bfailed to find backend\b|"
        r"\b(backend|compute) node not found\b|\bRepoExecutor\b.*\bexecute sql failed\b|"
        r"\bplanner use long time\b|\bmemory of \w+ exceed limit\b",
    ),
    _Kind(
        Refused,
        "Set LEDGERLAKE_STARROCKS_VIEW_REPLICAS, or replicas= of the table's materialized_view(), "
        "to no more than the back ends that are alive (SHOW BACKENDS).",
        text=r"\breplication num should be less than\b",
    ),
    _Kind(
        NotThere,
        "See that the table is published and `ledgerlake starrocks setup` has run.",
        frozenset({1008, 1049, 1051, 1146, 5078, 5080, 5501, 5502}),
        r"\bnot exists?\b|\bdoes(n't| not) exist\b|\bunknown (catalog|database|table)\b|"
        r"\bcan ?not find (role|user|catalog|db|database|table|materialized view)\b|"
        r"\bis not found\b",
    ),
    # Last: it is what the connector says first, whatever it says after it.
    _Kind(
        LakeUnreachable,
        _REACH,
        text=r"\bunable to execute HTTP request\b|\bSDK attempt count\b|"
        r"\bfailed to get (iceberg )?table\b|\bfailed to execute (exists )?query\b|"
        r"\bfailed to list (all )?(databases|tables|namespaces)\b|\bfailed to connect\b|"
        r"\bconnection (refused|reset|closed|timed out|is closed|has been closed)\b|"
        r"\bthis connection has been closed\b|\b(connect|read) timed out\b|"
        r"\bno route to host\b|\bUnknownHostException\b",
    ),
)
_REFUSED = "Read what StarRocks says: the statement, or what it is sent for, has to change."
_TLS = "See that LEDGERLAKE_STARROCKS_TLS_AUTHORITY signed the front end's certificate."
_CONNECT = (
    "See that StarRocks runs and that LEDGERLAKE_STARROCKS_FRONT_ENDS names its front ends' "
    "MySQL ports (9030)."
)
_LOOK = "StarRocks may still be at it: look before you send it again."

_TOLD: dict[type[StarRocksError], str] = {
    RefreshIncomplete: "not every front end was refreshed",
    Denied: "StarRocks denied it",
    NotThere: "StarRocks knows no such thing",
    Unreachable: "StarRocks cannot be reached, or cannot work now",
    LakeUnreachable: "StarRocks cannot reach the lake now",
    OutcomeUnknown: "no answer came, so the outcome is unknown",
    Refused: "StarRocks refused",
}


def masked(text: str, secrets: Iterable[SecretStr]) -> str:
    """The text without the secrets, however a statement would have quoted them."""
    for secret in secrets:
        value = secret.get_secret_value()
        for form in {value, escape_string(value), value.replace("'", "''"), repr(value)[1:-1]}:
            if form:
                text = text.replace(form, _MASK)
    return text


def classify(
    exception: BaseException,
    doing: str,
    secrets: Iterable[SecretStr],
    *,
    sent: bool = True,
    repeatable: bool = True,
) -> StarRocksError:
    """One of WIRE_ERRORS as an error that says whether to try again.

    The message begins with `doing` and contains none of the secrets. `sent` is False while
    connecting; a `repeatable` statement may take effect twice.
    """
    code, said = _code_and_text(exception)
    kind, next_step = _kind_of(exception, code, said, sent, repeatable)
    # Masked before it is cut: half a secret would not be recognised.
    told = " ".join(masked(said, secrets).split())[:_LENGTH]
    message = f"{doing}: {_TOLD[kind]}.\n  {f'{code}: {told}' if code else told}"
    return kind(message, next_step, code=code)


def _kind_of(
    exception: BaseException, code: int | None, said: str, sent: bool, repeatable: bool
) -> tuple[type[StarRocksError], str]:
    if _is_tls(exception):
        return Refused, _TLS
    if code in (CR.CR_CONN_HOST_ERROR, CR.CR_CONNECTION_ERROR, _SENT_IN_PART):
        # A statement that was not sent whole has no effect.
        return Unreachable, _CONNECT
    if code is None or code == _NO_ANSWER:
        is_late = isinstance(exception.__context__, TimeoutError)
        is_safe = not sent or (repeatable and not is_late)
        return (Unreachable, _CONNECT) if is_safe else (OutcomeUnknown, _LOOK)
    by_code = (kind for kind in _KINDS if code in kind.codes)
    text = " ".join(said.split())
    by_text = (kind for kind in _KINDS if kind.has_text(text))
    kind = next(by_code, None) or next(by_text, None)
    return (Refused, _REFUSED) if kind is None else (kind.error, kind.next_step)


def _code_and_text(exception: BaseException) -> tuple[int | None, str]:
    """The number, if it has one, and the text, of an error of the driver."""
    match exception.args:
        case (int(code), text, *_) if isinstance(exception, pymysql.MySQLError):
            return code or None, str(text)
        case _:
            return None, f"{type(exception).__name__}: {exception}"


def _is_tls(exception: BaseException) -> bool:
    cause = getattr(exception, "original_exception", exception)
    refused = (ssl.SSLCertVerificationError, ssl.CertificateError)
    return isinstance(cause, refused) or exception.args[:1] == (CR.CR_SSL_CONNECTION_ERROR,)
