"""A PostgreSQL on this machine, from Debian's binaries, that forgets everything at its end."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection  # noqa: N812

_PATIENCE = 120  # seconds
_OWNER = "ledgerlake"
_DEBIAN = Path("/usr/lib/postgresql")

# What the tests write may be lost with the machine: nothing waits for the disk.
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
max_connections = 200
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
log_min_messages = warning
"""


@dataclass(frozen=True)
class PostgresDatabase:
    """A database, where its server listens, and whom it lets in. `uri` holds no password."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str = "postgres"

    @property
    def uri(self) -> str:
        """For SQLAlchemy and for `LEDGERLAKE_CATALOG_URI`, without password."""
        return f"postgresql+psycopg2://{self.user}@{self.host}:{self.port}/{self.database}"

    @property
    def uri_with_password(self) -> str:
        """For SQLAlchemy; never to be printed."""
        return self.uri.replace("@", f":{self.password}@", 1)

    def new_database(self) -> PostgresDatabase:
        """A new, empty database of the same server."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.run(f'CREATE DATABASE "{name}"')
        return replace(self, database=name)

    def settings(self) -> dict[str, object]:
        """Settings of a lake whose catalog is in the database."""
        return {"catalog_uri": self.uri, "catalog_password": self.password}

    def starrocks_settings(self) -> dict[str, object]:
        """A role of StarRocks' own, which nobody has made yet."""
        return {
            "starrocks_catalog_user": f"reader_{uuid.uuid4().hex[:8]}",
            "starrocks_catalog_password": secrets.token_hex(12),
        }

    def environment(self) -> dict[str, str]:
        """The same settings, as variables of a process's environment."""
        return {f"LEDGERLAKE_{name.upper()}": str(value) for name, value in self.settings().items()}

    def connect(self) -> Connection:
        """A connection to the database that commits each statement."""
        import psycopg2

        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
        )
        connection.autocommit = True
        return connection

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement, over a connection of its own; its rows, if it gives any."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresDatabase]:
    """A server for all tests of the process; each takes a `new_database()` of its own."""
    with serve_postgres() as server:
        yield server


@contextmanager
def serve_postgres(port: int | None = None) -> Generator[PostgresDatabase]:
    """Run a new server on the port, or on a free one, of the loopback address."""
    binaries = _find_binaries()
    identity = _identity()
    with TemporaryDirectory(prefix="ledgerlake-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        server = PostgresDatabase("127.0.0.1", port or _free_port(), _OWNER, secrets.token_hex(16))
        _initialise(binaries, folder, server, identity)
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-k", folder, "-p", str(server.port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # a Ctrl-C is for the tests, which then stop it in order
            **identity,
        )
        try:
            _wait_for(process, server, folder / "log")
            yield server
        finally:
            log.close()
            _stop(process)


def _initialise(
    binaries: Path, folder: Path, server: PostgresDatabase, identity: dict[str, Any]
) -> None:
    password = folder / "password"
    password.write_text(server.password)
    if identity:
        os.chown(password, identity["user"], identity["group"])
    subprocess.run(
        [
            binaries / "initdb",
            *("--pgdata", folder / "data", "--username", server.user),
            *("--auth", "scram-sha-256", "--pwfile", password),
            *("--encoding", "UTF8", "--no-locale", "--no-sync"),
        ],
        check=True,
        capture_output=True,
        cwd="/",
        **identity,
    )
    password.unlink()
    with (folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write(_CONFIGURATION)


def _wait_for(process: subprocess.Popen[Any], server: PostgresDatabase, log: Path) -> None:
    import psycopg2

    end = time.monotonic() + _PATIENCE
    while True:
        try:
            server.connect().close()
            return
        except psycopg2.OperationalError as error:
            assert process.poll() is None, f"PostgreSQL ended:\n{log.read_text()}"
            assert time.monotonic() < end, f"PostgreSQL does not answer: {error}"
            time.sleep(0.05)


def _stop(process: subprocess.Popen[Any]) -> None:
    process.send_signal(signal.SIGINT)  # "fast": connections are ended, nothing is waited for
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)


def _find_binaries() -> Path:
    """The folder of `initdb` and `postgres`. Without it the test is skipped; in CI it fails."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    missing = "PostgreSQL is missing; on Debian: apt-get install postgresql"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def _identity() -> dict[str, Any]:
    """As whom the server runs: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise AssertionError("neither the user postgres nor nobody is there to run PostgreSQL")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
