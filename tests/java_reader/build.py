"""Make the Java reader: Maven finds the jars, the JDK compiles. Kept until a source changes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).parent
_BUILD = FOLDER / "build"
_POM = FOLDER / "pom.xml"
_CLASSPATH = _BUILD / "classpath"
_MADE_OF = _BUILD / "made-of"


def build() -> str:
    """The class path of the reader, made if need be.

    Where a JDK or Maven is missing, or the jars cannot be had, the tests are skipped; in CI they
    fail.
    """
    missing = [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]
    if missing:
        _cannot(f"{', '.join(missing)} missing; on Debian: apt-get install default-jdk maven")
    _BUILD.mkdir(exist_ok=True)
    # Tests may run in several processes.
    with (_BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_made():
            _make()
    return os.pathsep.join([str(_BUILD / "classes"), _CLASSPATH.read_text()])


def _sources() -> list[Path]:
    return sorted((FOLDER / "src" / "main" / "java").rglob("*.java"))


def _digest() -> str:
    parts = [path.read_bytes() for path in (_POM, *_sources())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _is_made() -> bool:
    if not _MADE_OF.exists() or _MADE_OF.read_text() != _digest():
        return False
    jars = _CLASSPATH.read_text().split(os.pathsep)
    return all(Path(jar).exists() for jar in jars)


def _make() -> None:
    _MADE_OF.unlink(missing_ok=True)
    find_jars = [
        *("mvn", "--batch-mode", "--quiet", "--file", str(_POM)),
        "dependency:build-classpath",
        f"-Dmdep.outputFile={_CLASSPATH}",
        "-Dmdep.includeScope=runtime",
    ]
    # First without the network: the jars are most often there.
    if _run([*find_jars, "--offline"]).returncode != 0:
        found = _run(find_jars)
        if found.returncode != 0:
            _cannot(f"Maven cannot get the jars of the Java reader:\n{found.stdout[-2000:]}")
    classes = _BUILD / "classes"
    shutil.rmtree(classes, ignore_errors=True)
    sources = [str(path) for path in _sources()]
    compiled = _run(
        [
            *("javac", "--release", "17", "-encoding", "UTF-8"),
            *("-Xlint:all,-classfile,-processing", "-Werror"),
            *("-classpath", _CLASSPATH.read_text(), "-d", str(classes), *sources),
        ]
    )
    assert compiled.returncode == 0, compiled.stdout
    _MADE_OF.write_text(_digest())


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
