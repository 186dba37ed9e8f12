"""Real refreshers and a real ledger, stepped in any order over a lake and a StarRocks of numbers.

A process stops before each thing that others can see, goes on when it is told to, and can be
killed there. Snapshots are numbers that count up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from resources.settings import Settings
from resources.starrocks.client.client import UNANSWERED, StatementRecord
from resources.starrocks.client.errors import Unreachable
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh import refresh
from resources.starrocks.refresh.post_refresh import AfterRefresh, Outcome, Step
from resources.starrocks.refresh.refresh import Refresher
from resources.starrocks.refresh.refresh_ledger import Ledger, State
from resources.starrocks.refresh.verification import Shown
from resources.starrocks.views.served_table import ServedTable
from tests.starrocks.scenes import Clock

_SEEN_BY_OTHERS = (
    "want", "request", "keep", "keep_steps", "entry", "refreshed", "verified", "done", "followed",
    "failed",
)  # fmt: skip


class Killed(BaseException):
    """What ends a killed process: no `except Exception` hears of it, and locks become free."""


class Process:
    """Work in a thread that runs only while somebody waits for its next stop."""

    _of_thread = threading.local()

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._is_killed = False
        self.place = ""
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._stopped.acquire()

    @classmethod
    def stop_here(cls, place: str = "") -> None:
        """Called in the work: wait to be told to go on. Elsewhere: nothing."""
        process: Process | None = getattr(cls._of_thread, "process", None)
        if process is not None:
            process.place = place
            process._stop()

    def step(self) -> None:
        """Let it go on to its next stop, if it has not ended."""
        if self._thread.is_alive():
            self._go.release()
            self._stopped.acquire()

    def kill(self) -> None:
        """End it where it stops."""
        self._is_killed = True
        self.step()
        self._thread.join(10)

    def _stop(self) -> None:
        self._stopped.release()
        self._go.acquire()
        if self._is_killed:
            raise Killed

    def _run(self) -> None:
        Process._of_thread.process = self
        try:
            self._stop()
            self._work()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - the test shows it
            self.error = error
        self._stopped.release()


@dataclass
class World:
    """A lake's latest snapshots, what StarRocks shows, the events, and the sensor's cursor."""

    settings: Settings
    tables: list[ServedTable]
    clock: Clock
    heads: dict[str, int] = field(default_factory=dict[str, int])
    shown: dict[str, int] = field(default_factory=dict[str, int])
    events: list[str] = field(default_factory=list[str])
    cursor: int = 0
    failures: int = 0
    swallows: int = 0
    received: list[str] = field(default_factory=list[str])
    untold: set[str] = field(default_factory=set[str])
    noted: dict[str, int] = field(default_factory=dict[str, int])
    locked: bool = False

    def publish(self, table: str, is_told: bool = True) -> None:
        """Commit; the event comes right after, or never."""
        self.heads[table] = self.heads.get(table, 0) + 1
        if is_told:
            self.events.append(table)
        else:
            self.untold.add(table)

    def tick_and_run(self) -> None:
        """What a daemon does, once."""
        names = {self.name(each.name): each for each in self.tables}
        ledger = self.note()
        taken = [names[each.table] for each in ledger.request(names.keys())]
        list(Refresher(self.settings).refresh(taken))

    def note(self) -> Ledger:
        """The first half of a tick: want what the events since the cursor tell of."""
        ledger = Ledger(self.settings)
        until, heads = len(self.events), dict(self.heads)
        ledger.want(self.name(each) for each in self.events[self.cursor : until])
        told = {each: heads[each] for each in self.events[self.cursor : until]}
        for table, head in told.items():
            self.noted[table] = max(head, self.noted.get(table, 0))
        Process.stop_here()
        self.cursor = until
        return ledger

    def reconcile(self) -> None:
        """What the reconciling sensor does: not needed where each publish was told of."""
        ledger = Ledger(self.settings)
        for each in (each for each in self.tables if each.name in self.untold):
            entry = ledger.entry(self.name(each.name))
            if not entry.is_open and not entry.shows(self.heads.get(each.name), each):
                ledger.want([entry.table])

    def fail(self) -> None:
        """Be down, if it is now."""
        if self.failures:
            self.failures -= 1
            raise Unreachable("nobody answers")

    def name(self, table: str) -> TableName:
        """The table in StarRocks."""
        spec = next(each.spec for each in self.tables if each.name == table)
        return TableName.of(self.settings, spec)

    def check(self) -> None:
        """What is true at every moment."""
        for entry in Ledger(self.settings).entries().values():
            assert entry.met <= entry.wanted
            verified = entry.verified_snapshot or 0
            assert verified <= self.shown.get(entry.table.name, 0)
            if verified < self.noted.get(entry.table.name, 0):
                assert entry.wanted > entry.met, "a publish was noted and is lost"

    def check_at_the_end(self) -> None:
        """What is true once all works again, and all is done."""
        recorded = [each.statement for each in Ledger(self.settings).statements()]
        for table, head in self.heads.items():
            entry = Ledger(self.settings).entry(self.name(table))
            assert self.shown[table] == head
            assert (entry.state, entry.verified_snapshot) == (State.VERIFIED, head)
            assert entry.followed_snapshot == head
            assert entry.wanted == entry.met
        assert sorted(self.received) == sorted(recorded)


class NumberedStarRocks:
    """The client, to a StarRocks that shows numbers."""

    world: World

    def __init__(
        self,
        _settings: Settings,
        on_statement: Callable[[StatementRecord], None],
        before_statement: Callable[[StatementRecord], None],
    ) -> None:
        self._on_statement, self._before_statement = on_statement, before_statement

    def __enter__(self) -> NumberedStarRocks:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, statement: str, **_: object) -> list[tuple[object, ...]]:
        """Show the latest snapshot from now on, if the statement is a refresh."""
        world = self.world
        Process.stop_here()
        world.fail()
        sent = StatementRecord(world.clock.now, statement, "front end", 0.0, UNANSWERED)
        self._before_statement(sent)
        world.received.append(statement)
        if statement.startswith("REFRESH"):
            table = statement.rpartition(".")[2].strip("`")
            if world.swallows:
                world.swallows -= 1
            else:
                world.shown[table] = world.heads[table]
        Process.stop_here("answer")
        self._on_statement(StatementRecord(sent.sent_at, statement, "front end", 0.0, None))
        return []


@contextmanager
def stepped(world: World) -> Generator[World]:
    """Refreshers work on this world, and stop wherever another could come between."""
    patch = pytest.MonkeyPatch()

    def load_table(_settings: object, spec: Any) -> Any:
        Process.stop_here()
        head = world.heads.get(spec.name)
        return head and SimpleNamespace(metadata=SimpleNamespace(current_snapshot_id=head))

    def compare(
        _client: object, name: TableName, _spec: object, table: Any, _changed: object
    ) -> Any:
        Process.stop_here("compare")
        world.fail()
        shown = world.shown.get(name.name)
        is_same = shown == table.metadata.current_snapshot_id
        return Shown(shown, None if is_same else f"{shown} is shown")

    @contextmanager
    def acquire(_name: str, _seconds: float) -> Generator[None]:
        Process.stop_here()
        while world.locked:
            Process.stop_here()
        world.locked = True
        try:
            yield
        finally:
            world.locked = False

    def after_verified(*_: object) -> AfterRefresh:
        Process.stop_here("steps")
        try:
            world.fail()
        except Unreachable as error:
            return AfterRefresh((Step("view", Outcome.FAILED, 0.0, error=error),))
        return AfterRefresh((Step("view", Outcome.DONE, 0.0),))

    patch.setattr(refresh, "after_verified", after_verified)
    patch.setattr(refresh, "load_table", load_table)
    patch.setattr(refresh, "compare", compare)
    patch.setattr(refresh, "changed_since", lambda *_: None)
    patch.setattr(
        refresh,
        "is_since",
        lambda table, shown, earlier: earlier <= shown <= table.metadata.current_snapshot_id,
    )
    patch.setattr(refresh, "seconds_behind", lambda *_: None)
    patch.setattr(refresh, "locks_of", lambda _: SimpleNamespace(acquire=acquire))
    patch.setattr(NumberedStarRocks, "world", world, raising=False)
    patch.setattr(refresh, "StarRocks", NumberedStarRocks)
    for method in _SEEN_BY_OTHERS:
        patch.setattr(Ledger, method, _stopping_before(getattr(Ledger, method)))
    try:
        yield world
    finally:
        patch.undo()


def _stopping_before(method: Callable[..., object]) -> Callable[..., object]:
    def stopping(*arguments: object, **named: object) -> object:
        Process.stop_here(method.__name__)
        return method(*arguments, **named)

    return stopping
