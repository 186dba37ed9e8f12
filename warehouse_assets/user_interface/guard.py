"""Refuses requests that change something and that a foreign web page makes a browser send.

The UI asks for no password, so whoever reaches it may end runs, and a browser reaches it for every
page that its user opens: by a form that is a simple request (CSRF), through a foreign name that
resolves to this host (DNS rebinding), or in a frame (clickjacking). Programs other than browsers
send no origin, and pass.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HOSTS = "LEDGERLAKE_UI_HOSTS"
"""The environment variable with host names besides loopback's, separated by commas."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?")
_READING = ("GET", "HEAD", "OPTIONS")
# No page can send these to another origin without a preflight request.
_JSON = ("application/json", "application/graphql")
_OWN_PAGE = ("same-origin", "none")
_POLICY_VIOLATION = 1008
_MOST_FIELDS = 100


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused."""

    status: int
    reason: str


class Guard:
    """An ASGI application that passes allowed requests on to another.

    Args:
        application: Dagster's webserver.
        hosts: Names besides loopback's at which people open the UI, as a proxy in front has them;
            with the port, as host:port, where it is not that of HTTP or HTTPS.
    """

    def __init__(self, application: Application, hosts: Iterable[str] = ()) -> None:
        self._application = application
        self._public = frozenset(host.strip().lower() for host in hosts if host.strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or one websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        refusal = self.refusal(scope)
        if refusal is None:
            await self._application(scope, receive, _unframed(send))
        elif scope["type"] == "http":
            await _answer(refusal, send)
        else:
            # Before it was accepted: the client is answered 403.
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why this request is refused; None: it passes."""
        headers = _Headers(scope["headers"])
        is_reading = scope["type"] == "http" and scope["method"] in _READING
        return (
            self._of_host(headers)
            or self._of_origin(headers, is_reading)
            or _of_query(scope)
            or (None if is_reading or scope["type"] != "http" else _of_content(scope, headers))
        )

    def _of_host(self, headers: _Headers) -> Refusal | None:
        host = _HOST.fullmatch(headers.one("host") or "")
        if host is None:
            return Refusal(400, "The request does not say one host.")
        names = {each.partition(":")[0] for each in self._public}
        if host["name"] not in LOOPBACK | names:
            return Refusal(
                403,
                f"The UI is not opened at {host['name']}. If people reach it under that name, add "
                "it to LEDGERLAKE_UI_HOSTS.",
            )
        return None

    def _of_origin(self, headers: _Headers, is_reading: bool) -> Refusal | None:
        foreign = Refusal(403, "The request comes from a page of another origin.")
        if headers.all("origin"):
            return None if self._is_own(headers, headers.one("origin")) else foreign
        if is_reading:
            # A link to the UI, from wherever it is.
            return None
        site = headers.all("sec-fetch-site")
        if any(each not in _OWN_PAGE for each in site):
            return foreign
        if headers.all("referer") and not self._is_own(headers, headers.one("referer")):
            return foreign
        return None

    def _is_own(self, headers: _Headers, address: str | None) -> bool:
        """Whether the address is the UI's: of the same host and port, or of a public name."""
        try:
            parts = urlsplit(address or "")
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return False
        return parts.netloc == headers.one("host") or parts.netloc in self._public


class _Headers:
    """A request's headers, lower case; `one` gives none for a header that comes twice."""

    def __init__(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in headers:
            values = self._values.setdefault(name.decode("latin-1").lower(), [])
            values.append(value.decode("latin-1").strip().lower())

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def one(self, name: str) -> str | None:
        values = self.all(name)
        return values[0] if len(values) == 1 else None


def _of_query(scope: Scope) -> Refusal | None:
    """Refuse a query in the address that is not a GraphQL query."""
    if not _is_graphql(scope):
        return None
    try:
        fields = parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=_MOST_FIELDS)
        asked = [value for name, value in fields if name == "query" and value]
        reads = all(map(_only_reads, asked))
    except (ValueError, GraphQLError, RecursionError):
        return Refusal(400, "The query in the address cannot be read.")
    return None if reads else Refusal(405, "An address only reads: send a mutation as JSON.")


def _only_reads(query: str) -> bool:
    definitions = parse(query, max_tokens=10_000).definitions
    return all(
        each.operation is OperationType.QUERY
        for each in definitions
        if isinstance(each, OperationDefinitionNode)
    )


def _of_content(scope: Scope, headers: _Headers) -> Refusal | None:
    """Refuse content that a form, or a page without a preflight, can send."""
    kinds = headers.all("content-type")
    names = {each.partition(";")[0].strip() for each in kinds}
    if len(kinds) > 1 or names - set(_JSON) or (not kinds and _is_graphql(scope)):
        return Refusal(415, "Send JSON, with the content type application/json.")
    return None


def _is_graphql(scope: Scope) -> bool:
    return str(scope["path"]).rstrip("/").endswith("/graphql")


def _unframed(send: Send) -> Send:
    """Add the header that keeps the UI out of frames of other pages."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-frame-options", b"SAMEORIGIN"),
            ]
        await send(message)

    return sent


async def _answer(refusal: Refusal, send: Send) -> None:
    body = f"{refusal.reason}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
