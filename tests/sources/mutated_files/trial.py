"""Load damaged files one after another, on one engine, and judge what comes out."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from resources.errors import LedgerlakeError
from tests.sources.conftest import Landing
from tests.sources.mutated_files.bank_kinds import Camt053Kind, Mt940Kind
from tests.sources.mutated_files.binary_kinds import ParquetKind, XlsxKind
from tests.sources.mutated_files.judging import FileKind, Row, Unreadable, faults
from tests.sources.mutated_files.text_kinds import CsvKind, JsonDocumentKind, JsonLinesKind

KINDS: Sequence[FileKind] = (
    CsvKind(), JsonLinesKind(), JsonDocumentKind(), XlsxKind(), Mt940Kind(), Camt053Kind(),
    ParquetKind(),
)  # fmt: skip
_LONGEST_SECONDS = 60
# How often the whole file is delivered again, to see that nothing of the damaged ones stays.
_WHOLE_EVERY = 10


class Hang(Exception):
    """A file took longer than any may."""


@dataclass
class Outcome:
    """What came of the files of one kind.

    Attributes:
        counts: Outcome -> files: taken, refused rows, refused whole, refused though readable.
        wrong: What is wrong, one sentence a file, with the number to make it again.
    """

    counts: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])
    slowest: float = 0.0


def try_files(landing: Landing, kind: FileKind, numbers: Sequence[int]) -> Outcome:
    """Damage, load and judge one file for each number, which alone decides what the file is."""
    outcome = Outcome()
    for number in numbers:
        random = Random(f"{kind.name} {number}")
        original = kind.original(random)
        content = kind.damaged(original, random)
        started = time.monotonic()
        try:
            with _no_longer_than(landing, _LONGEST_SECONDS):
                wrong = _tried(landing, kind, content, original, outcome)
                if number % _WHOLE_EVERY == 0:
                    wrong += [f"afterwards, {each}" for each in _whole(landing, kind, original)]
        except Hang:
            wrong = [f"hangs for {_LONGEST_SECONDS} seconds"]
        except Exception as error:  # noqa: BLE001
            wrong = [f"{type(error).__name__}: {error}"[:300]]
        outcome.slowest = max(outcome.slowest, time.monotonic() - started)
        outcome.wrong += [f"{kind.name} {number}: {each}" for each in wrong[:3]]
    return outcome


def _tried(
    landing: Landing, kind: FileKind, content: bytes, original: bytes, outcome: Outcome
) -> list[str]:
    try:
        accepted, refused = _loaded(landing, kind, content)
    except LedgerlakeError:
        outcome.counts["refused whole"] += 1
        try:
            kind.expected(content)
        except Unreadable:
            return []
        outcome.counts["of them readable to the judge"] += 1
        return []
    outcome.counts["with refused rows" if refused else "taken"] += 1
    return list(faults(kind, content, original, accepted, refused))


def _whole(landing: Landing, kind: FileKind, original: bytes) -> list[str]:
    accepted, refused = _loaded(landing, kind, original)
    found = list(faults(kind, original, original, accepted, refused))
    return found + (["the whole file is refused in part"] if refused else [])


def _loaded(
    landing: Landing, kind: FileKind, content: bytes
) -> tuple[dict[int, Row], dict[int, int]]:
    file = landing.deliver(kind.file_name, content)
    try:
        with landing.load(kind.source, kind.columns) as loaded, loaded.reading(landing.connection):
            rows = landing.accepted(loaded)
            refused: Sequence[dict[str, Any]] = landing.refused(loaded)
    finally:
        Path(file).unlink()
    accepted = {row["source_line"]: tuple(row[name] for name in kind.columns) for row in rows}
    assert len(accepted) == len(rows), "two rows of one line"
    return accepted, {
        row["source_line"]: len((row["raw"] or "").splitlines()) or 1 for row in refused
    }


@contextmanager
def _no_longer_than(landing: Landing, seconds: int) -> Generator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, stop)
    interrupt = threading.Timer(seconds - 1, landing.connection.interrupt)
    interrupt.start()
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        interrupt.cancel()
        signal.signal(signal.SIGALRM, before)
