"""Processes that a test starts, watches and kills."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.topology.sockets import listening_addresses

PATIENCE = 120  # seconds; a start on two busy cores may take 30


@dataclass
class Service:
    """One process of the topology and what it starts. `log` takes what it says."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def start(self) -> None:
        """Start it, without waiting for anything."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that all it starts ends with it
                preexec_fn=_heed_interrupts,
            )

    def kill(self) -> None:
        """SIGKILL to it and to all it started, as when its container is killed."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait for `ready`; fail, with the log's end, if the process ends or it takes too long."""
        end = time.monotonic() + PATIENCE
        while not ready():
            ended = self._process is None or self._process.poll() is not None
            assert not ended, f"{self.name} ended before {what}:\n{self.last_words()}"
            assert time.monotonic() < end, f"{self.name}: not {what}:\n{self.last_words()}"
            time.sleep(0.1)

    def wait_for_success(self) -> None:
        """Wait until it has ended well."""
        assert self._process is not None
        assert self._process.wait(PATIENCE) == 0, f"{self.name} failed:\n{self.last_words()}"

    def last_words(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])

    def addresses(self) -> set[str]:
        """host:port of every TCP socket that it, or what it started, listens on."""
        assert self._process is not None
        return listening_addresses(self._process.pid)


def _heed_interrupts() -> None:
    # Under a shell that runs in the background, SIGINT is ignored, and Dagster then ignores
    # SIGTERM too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
