"""Where processes listen, as the kernel has it."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

_LISTENS = "0A"


def free_port() -> int:
    """A port of the loopback address that nobody has."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on the port of the loopback address."""
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


def listening_addresses(session: int) -> set[str]:
    """host:port of every TCP socket that a process of the session listens on."""
    listening = _listening()
    found: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(process.name)) != session:
                continue
            for descriptor in (process / "fd").iterdir():
                with suppress(OSError):
                    found |= listening.get(str(descriptor.readlink()), set())
    return found


def _listening() -> dict[str, set[str]]:
    """The addresses of each listening socket, by what a descriptor of it is called."""
    sockets: dict[str, set[str]] = {}
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == _LISTENS:
                host, port = words[1].split(":")
                address = ip_address(socket.inet_ntop(family, _network_order(host)))
                mapped = getattr(address, "ipv4_mapped", None)
                text = f"{mapped or address}:{int(port, 16)}"
                sockets.setdefault(f"socket:[{words[9]}]", set()).add(text)
    return sockets


def _network_order(text: str) -> bytes:
    """The kernel writes addresses as words of four bytes, each the wrong way round."""
    raw = bytes.fromhex(text)
    return b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
