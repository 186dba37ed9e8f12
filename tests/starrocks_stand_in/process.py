"""The stand-in as a process of its own, to be killed and started again."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from pydantic import SecretStr

from resources.settings import Settings
from tests.starrocks_stand_in.faults import Fault, Faults
from tests.starrocks_stand_in.received import Received, matching, read_record
from tests.starrocks_stand_in.stand_in import HOST, USER

_ROOT = Path(__file__).parent.parent.parent
_END_SECONDS = 10.0


class _FaultsThere(Faults):
    """Faults of another process, by a file. Each change starts every count anew."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._there = file

    def add(self, fault: Fault) -> Fault:
        added = super().add(fault)
        self._write()
        return added

    def clear(self) -> None:
        super().clear()
        self._write()

    def _write(self) -> None:
        new = self._there.with_suffix(".new")
        new.write_text(self.to_json(), encoding="utf-8")
        new.replace(self._there)


class StandInProcess:
    """`python -m tests.starrocks_stand_in` on a lake; what a `StandIn` has, and `kill`.

    Args:
        lake: Settings of the lake that it serves.
        folder: Where its record and faults are kept.
        version: What it says it is.
        front_ends: How many ports it listens on.
        bare: With the administrator only, before any setup.
    """

    def __init__(
        self, lake: Settings, folder: Path, version: str, front_ends: int, bare: bool
    ) -> None:
        self.lake = lake
        self.version = version
        self.user = USER
        self.password = secrets.token_hex(8)
        self.ports = [0] * front_ends
        self.faults = _FaultsThere(folder / "faults.json")
        self._bare = bare
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    @classmethod
    @contextmanager
    def start(
        cls,
        lake: Settings,
        folder: Path,
        *,
        version: str = "4.0.9",
        front_ends: int = 1,
        bare: bool = False,
    ) -> Generator[Self]:
        """Start it, wait until it listens, and end it with the block."""
        stand_in = cls(lake, folder, version, front_ends, bare)
        stand_in.start_again()
        try:
            yield stand_in
        finally:
            stand_in.stop()

    @property
    def front_ends(self) -> str:
        """host:port of each, with commas between."""
        return ",".join(f"{HOST}:{port}" for port in self.ports)

    @property
    def settings(self) -> Settings:
        """The lake's settings, with this StarRocks configured."""
        return self.lake.model_copy(
            update={
                "starrocks_front_ends": self.front_ends,
                "starrocks_user": self.user,
                "starrocks_password": SecretStr(self.password),
            }
        )

    @property
    def statements(self) -> list[Received]:
        """Every statement that came, in order, of all its lives."""
        return read_record(self._folder / "record.jsonl")

    def sent(self, pattern: str) -> list[Received]:
        """The statements that the pattern is found in."""
        return matching(self.statements, pattern)

    def start_again(self) -> None:
        """Start it at the ports that it had, with nothing cached."""
        command = [sys.executable, "-m", "tests.starrocks_stand_in", "--version", self.version]
        command += [f"--port={port}" for port in self.ports]
        command += ["--record", str(self._folder / "record.jsonl")]
        command += ["--faults", str(self._folder / "faults.json")]
        command += ["--bare"] if self._bare else []
        self._process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env={**environment_of(self.lake), "STAND_IN_PASSWORD": self.password},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the stand-in did not start: see its output above"
        listed = str(json.loads(line)["front_ends"])
        self.ports = [int(each.rpartition(":")[2]) for each in listed.split(",")]

    def kill(self) -> None:
        """SIGKILL: no word to anyone."""
        if self._process is not None:
            self._process.kill()
            self._finish()

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process is not None:
            self._process.terminate()
            self._finish()

    def _finish(self) -> None:
        assert self._process is not None
        self._process.communicate(timeout=_END_SECONDS)
        self._process = None


def environment_of(settings: Settings) -> dict[str, str]:
    """This process's environment, with these settings as LEDGERLAKE_* variables."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("LEDGERLAKE_")}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is not None:
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            kept[f"LEDGERLAKE_{name.upper()}"] = str(plain)
    return kept
