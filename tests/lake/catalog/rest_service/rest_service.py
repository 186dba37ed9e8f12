"""A REST catalog on this machine: the service that Iceberg tests its own clients against."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from tests.servers.postgres import PostgresDatabase

_FOLDER = Path(__file__).parent
_BUILD = _FOLDER / "build"
_POM = _FOLDER / "pom.xml"
_SOURCE = _FOLDER / "RestService.java"


@contextmanager
def serve_rest(database: PostgresDatabase, folder: Path) -> Generator[str]:
    """Run Java's JdbcCatalog over the database, behind REST; its address."""
    port = _free_port()
    properties = {
        "type": "jdbc",
        "uri": f"jdbc:postgresql://{database.host}:{database.port}/{database.database}",
        "jdbc.user": database.user,
        "jdbc.schema-version": "V1",
        "warehouse": str(folder),
    }
    arguments = [str(port), *(f"{name}={value}" for name, value in properties.items())]
    java = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-classpath", _class_path())
    process = subprocess.Popen(
        [*java, "RestService", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PASSWORD": database.password},
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        told = process.stdout.readline()
        assert told == "listening\n", told + process.stdout.read()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        process.stdout.close()


def _class_path() -> str:
    """Found by Maven once, as long as what it is made of is the same.

    Where a JDK or Maven is missing, or the jars cannot be had, tests are skipped; in CI they fail.
    """
    missing = [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]
    if missing:
        _cannot(f"{', '.join(missing)} missing; on Debian: apt-get install default-jdk maven")
    _BUILD.mkdir(exist_ok=True)
    found = _BUILD / "classpath"
    # Tests may run in several processes.
    with (_BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        changed = max(_POM.stat().st_mtime, _SOURCE.stat().st_mtime)
        if not found.exists() or found.stat().st_mtime < changed or not _all_there(found):
            found.write_text(_find_jars())
            compiled = _run(["javac", "-cp", found.read_text(), "-d", str(_BUILD), str(_SOURCE)])
            assert compiled.returncode == 0, compiled.stdout
    return os.pathsep.join([str(_BUILD), found.read_text()])


def _all_there(class_path: Path) -> bool:
    jars = class_path.read_text().split(os.pathsep)
    return (_BUILD / "RestService.class").exists() and all(Path(jar).exists() for jar in jars)


def _find_jars() -> str:
    output = _BUILD / "found"
    command = [
        *("mvn", "--batch-mode", "--quiet", "--file", str(_POM), "dependency:build-classpath"),
        *(f"-Dmdep.outputFile={output}", "-Dmdep.includeScope=runtime"),
    ]
    # First without the network: the jars are most often there.
    if _run([*command, "--offline"]).returncode != 0:
        answer = _run(command)
        if answer.returncode != 0:
            _cannot(f"Maven cannot get the jars of the REST catalog:\n{answer.stdout[-2000:]}")
    return output.read_text()


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )


def _cannot(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
