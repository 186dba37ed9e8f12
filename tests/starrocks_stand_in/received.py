"""The record of every statement that reached the stand-in."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

UNDER_WAY = "under way"
OK = "ok"


@dataclass
class Received:
    """One statement.

    `at` is seconds since the epoch when it came; `outcome` is `ok`, `error <number>: <text>`,
    `connection dropped ...`, or `under way`; `seconds` is None until it was answered.
    """

    number: int
    at: float
    front_end: int
    user: str
    statement: str
    outcome: str = UNDER_WAY
    seconds: float | None = None


class Record:
    """Statements in the order they came. With a file, each is on disk before it is acted on."""

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._statements: list[Received] = []
        self._file = file

    def receive(self, front_end: int, user: str, statement: str) -> Received:
        """Put a statement on record."""
        with self._lock:
            received = Received(len(self._statements), time.time(), front_end, user, statement)
            self._statements.append(received)
            self._write(received)
        return received

    def answer(self, received: Received, outcome: str) -> None:
        """Add what became of it."""
        with self._lock:
            received.outcome = outcome
            received.seconds = time.time() - received.at
            self._write(received)

    def statements(self) -> list[Received]:
        """All so far."""
        with self._lock:
            return list(self._statements)

    def _write(self, received: Received) -> None:
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(received)) + "\n")


def read_record(file: Path) -> list[Received]:
    """What a stand-in wrote to its file; the last word on each statement."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    received = [Received(**json.loads(line)) for line in lines]
    # A stand-in that was started again counts from 0 again: its time tells them apart.
    return list({(each.number, each.at): each for each in received}.values())


def matching(statements: Iterable[Received], pattern: str) -> list[Received]:
    """Those whose text the pattern is found in, upper or lower case."""
    expression = re.compile(pattern, re.IGNORECASE)
    return [each for each in statements if expression.search(each.statement)]
