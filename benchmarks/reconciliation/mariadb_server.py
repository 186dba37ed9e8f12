"""A MariaDB of a benchmark's own: a process on a socket in a scratch folder, ended with it."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pymysql

PROGRAMS = ("mariadb-install-db", "mariadbd")
HOW_TO_INSTALL = "MariaDB is not installed: apt-get install mariadb-server (Debian), then again"
DATABASE = "bench"

_STATEMENT_TIMEOUT = 1969
_SECONDS_TO_START = 120.0

Row = tuple[object, ...]


class NotEnded(Exception):
    """A statement did not end within its limit."""


class MariaDB:
    """A session of the benchmark's server; statements are committed one by one."""

    def __init__(self, socket: Path) -> None:
        self._connection = pymysql.connect(
            unix_socket=str(socket), user="root", local_infile=True, autocommit=True
        )

    def execute(self, sql: str) -> list[Row]:
        """The rows of one statement; none where it gives none.

        Raises:
            NotEnded: If it took longer than `limit()` allows.
        """
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(sql)
            except pymysql.MySQLError as error:
                if error.args[0] == _STATEMENT_TIMEOUT:
                    raise NotEnded from error
                raise
            return list(cursor.fetchall())

    def limit(self, seconds: float) -> None:
        """End each statement of this session after so many seconds; 0: never."""
        self.execute(f"SET max_statement_time = {seconds}")

    def load(self, table: str, file: Path) -> None:
        """Load a file of tab-separated values, all columns in the table's order."""
        self.execute(
            f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE {table} FIELDS TERMINATED BY '\\t'"
        )
        self.execute(f"ANALYZE TABLE {table}")

    def explain(self, select: str) -> list[str]:
        """The plan of a SELECT, a line for each table."""
        lines: list[str] = []
        for row in self.execute(f"EXPLAIN {select}"):
            _, kind, table, access, _, key, _, _, rows, extra = row
            used = f"key {key}" if key else "no key"
            lines.append(f"{kind}: {table}, {access}, {used}, about {rows} rows; {extra}")
        return lines

    def cpu_seconds(self) -> float:
        """CPU seconds of the server so far, user and system."""
        [(_, file)] = self.execute("SHOW VARIABLES LIKE 'pid_file'")
        process = Path(str(file)).read_text().strip()
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def version(self) -> str:
        """The server's version."""
        return str(self.execute("SELECT version()")[0][0])


def is_installed() -> bool:
    """Whether this machine has what it takes to start a MariaDB."""
    return all(_program(each) for each in PROGRAMS)


@contextmanager
def mariadb(folder: Path, options: Sequence[str]) -> Generator[MariaDB]:
    """A new, empty server in `folder`, with the defaults of MariaDB and these options.

    Nobody else reaches it: it listens on a socket in the folder and on no network. It is killed at
    the end; what it wrote goes with the folder.

    Raises:
        RuntimeError: If it does not start, with what it wrote to its log.
    """
    folder.mkdir()
    common = ["--no-defaults", f"--datadir={folder / 'data'}", f"--user={getpass.getuser()}"]
    installed = subprocess.run(
        [
            _program("mariadb-install-db"),
            *common,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if installed.returncode:
        raise RuntimeError(f"MariaDB cannot be set up:\n{installed.stdout[-4000:]}")
    socket, log = folder / "s", folder / "log"
    command = [_program("mariadbd"), *common, f"--socket={socket}", "--skip-networking"]
    command += ["--local-infile=1", *options]
    if ends_with_us := shutil.which("setpriv"):
        # Also where this process is killed.
        command = [ends_with_us, "--pdeathsig", "KILL", *command]
    with log.open("w") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written)
    try:
        session = _session(process, socket, log)
        session.execute(f"CREATE DATABASE {DATABASE}")
        session.execute(f"USE {DATABASE}")
        yield session
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _session(process: subprocess.Popen[bytes], socket: Path, log: Path) -> MariaDB:
    end = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < end:
        try:
            return MariaDB(socket)
        except pymysql.OperationalError:
            time.sleep(0.1)
    raise RuntimeError(f"MariaDB does not start:\n{log.read_text()[-4000:]}")


def _program(name: str) -> str:
    # Servers are where only root looks for programs.
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin") or ""
