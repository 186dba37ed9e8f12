"""A server that lets everybody in over TLS and says OK to everything.

mysql-mimic cannot be used here: it loses what comes with the request for TLS.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from pymysql.constants.CLIENT import PLUGIN_AUTH, PROTOCOL_41, SECURE_CONNECTION, SSL

_FLAGS = PROTOCOL_41 | SSL | SECURE_CONNECTION | PLUGIN_AUTH
_OK = b"\x00\x00\x00\x02\x00\x00\x00"
_QUERY = 3


@contextmanager
def tls_front_end(certificate: Path) -> Generator[tuple[int, list[str]]]:
    """Its port on 127.0.0.1 and localhost, and the statements that it was sent."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    statements: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                # The client may hang up at any word.
                with suppress(OSError, EOFError), connection:
                    _talk(connection, context, statements)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server.getsockname()[1], statements
        finally:
            server.shutdown(socket.SHUT_RDWR)


def _talk(connection: socket.socket, context: ssl.SSLContext, statements: list[str]) -> None:
    _send(connection, 0, _greeting())
    _read(connection)  # the request for TLS
    with context.wrap_socket(connection, server_side=True) as secure:
        _read(secure)  # the login
        _send(secure, 3, _OK)
        while True:
            packet = _read(secure)
            if packet[0] == _QUERY:
                statements.append(packet[1:].decode())
            _send(secure, 1, _OK)


def _greeting() -> bytes:
    """The first packet, Protocol::HandshakeV10 in MySQL's documentation."""
    low, high = _FLAGS & 0xFFFF, _FLAGS >> 16
    fixed = struct.pack("<I8sxHBHHB10x", 1, b"12345678", low, 45, 2, high, 21)
    return b"\x0a8.0.33\x00" + fixed + b"901234567890\x00mysql_native_password\x00"


def _send(connection: socket.socket, number: int, payload: bytes) -> None:
    connection.sendall(len(payload).to_bytes(3, "little") + bytes([number]) + payload)


def _read(connection: socket.socket) -> bytes:
    """One packet, and no byte more: what follows may be TLS."""
    return _exactly(connection, int.from_bytes(_exactly(connection, 4)[:3], "little"))


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        if not (part := connection.recv(size - len(found))):
            raise EOFError
        found += part
    return found
