"""What the stand-in can be told to do wrong."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

# Drivers set up each connection with SET; a fault is meant for what comes after.
ANY_STATEMENT = r"^(?!\s*SET\s)"
REFRESH = r"^\s*REFRESH\s+EXTERNAL\s+TABLE"


class FaultKind(StrEnum):
    """Ways to fail. `before` and `after` mean the statement's effect."""

    SLOW = "slow"
    DROP_BEFORE = "drop before"
    DROP_AFTER = "drop after"
    FAIL_BEFORE = "fail before"
    FAIL_AFTER = "fail after"
    SWALLOW = "swallow"
    STALE = "stale"
    FAIL_RUN = "fail run"


@dataclass
class Fault:
    """One fault.

    Args:
        kind: What goes wrong.
        matching: Regular expression, found in the statements that it is for.
        times: How many statements it strikes; None: all, until cleared.
        seconds: SLOW: before the statement is acted on. STALE: until a refresh shows.
        number, text: FAIL_*: the error that is answered.
    """

    kind: FaultKind
    matching: str = ANY_STATEMENT
    times: int | None = None
    seconds: float = 0.0
    number: int = 0
    text: str = ""

    def strikes(self, statement: str) -> bool:
        """Whether the statement is one it is for."""
        found = re.search(self.matching, statement, re.IGNORECASE)
        return self.times != 0 and found is not None


class Faults:
    """The faults in force, to be set from any thread.

    With a file, what another process wrote there takes the place of what was in force. A table
    that a front end has not read yet has no old state: nothing of it can be stale or swallowed.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._file = file
        self._read_at = 0

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Take all back."""
        with self._lock:
            self._faults.clear()

    def slow(
        self, seconds: float, matching: str = ANY_STATEMENT, times: int | None = None
    ) -> Fault:
        """Think `seconds` before acting on a statement."""
        return self.add(Fault(FaultKind.SLOW, matching, times, seconds=seconds))

    def drop(self, *, after: bool, matching: str = ANY_STATEMENT, times: int | None = 1) -> Fault:
        """Drop the connection instead of answering, before or after the statement took effect."""
        kind = FaultKind.DROP_AFTER if after else FaultKind.DROP_BEFORE
        return self.add(Fault(kind, matching, times))

    def fail(
        self,
        number: int,
        text: str = "told to fail",
        *,
        after: bool = False,
        matching: str = ANY_STATEMENT,
        times: int | None = 1,
    ) -> Fault:
        """Answer with an error, before or after the statement took effect."""
        kind = FaultKind.FAIL_AFTER if after else FaultKind.FAIL_BEFORE
        return self.add(Fault(kind, matching, times, number=number, text=text))

    def fail_refresh(self, times: int | None = 1, matching: str = REFRESH) -> Fault:
        """Answer 5074: this front end is refreshed, another one could not be."""
        text = "refresh external table failed: refresh fe 10.0.0.9 failed: Invalid port 0;"
        return self.fail(5074, text, after=True, matching=matching, times=times)

    def swallow(self, matching: str = REFRESH, times: int | None = 1) -> Fault:
        """Answer OK and change nothing."""
        return self.add(Fault(FaultKind.SWALLOW, matching, times))

    def stale(self, seconds: float, matching: str = REFRESH, times: int | None = 1) -> Fault:
        """Answer a refresh with OK at once and show the new rows only `seconds` later."""
        return self.add(Fault(FaultKind.STALE, matching, times, seconds=seconds))

    def fail_run(self, matching: str = ".", times: int | None = 1) -> Fault:
        """Let a task run of a materialized view, whose name matches, end as FAILED."""
        return self.add(Fault(FaultKind.FAIL_RUN, matching, times, text="told to fail"))

    def strike(self, statement: str) -> dict[FaultKind, Fault]:
        """The faults that strike this statement, one of a kind; each is counted down."""
        struck: dict[FaultKind, Fault] = {}
        with self._lock:
            self._read()
            for fault in self._faults:
                is_run = fault.kind is FaultKind.FAIL_RUN
                if is_run or fault.kind in struck or not fault.strikes(statement):
                    continue
                struck[fault.kind] = fault
                _count_down(fault)
        return struck

    def run_fails(self, view: str) -> str | None:
        """Why the next task run of a view is to fail; None: it is not."""
        with self._lock:
            self._read()
            for fault in self._faults:
                if fault.kind is FaultKind.FAIL_RUN and fault.strikes(view):
                    _count_down(fault)
                    return fault.text
        return None

    def _read(self) -> None:
        if self._file is None or not self._file.exists():
            return
        written_at = self._file.stat().st_mtime_ns
        if written_at != self._read_at:
            self._read_at = written_at
            self._faults = faults_from(self._file.read_text(encoding="utf-8"))

    def to_json(self) -> str:
        """For another process's file."""
        with self._lock:
            return json.dumps([asdict(fault) for fault in self._faults])


def faults_from(text: str) -> list[Fault]:
    """What `to_json` wrote."""
    faults = [Fault(**each) for each in json.loads(text)]
    for fault in faults:
        fault.kind = FaultKind(fault.kind)
    return faults


def _count_down(fault: Fault) -> None:
    if fault.times is not None:
        fault.times -= 1
