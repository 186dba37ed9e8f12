"""Served tables, their publishes, and refreshing them as the sensor and its runs do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import current_snapshot, row_count
from resources.starrocks.refresh.refresh import Refreshed, Refresher
from resources.starrocks.refresh.refresh_ledger import Entry, Ledger, State
from resources.starrocks.views.served_table import ServedTable
from tests.lake.builders import ORDERS, open_lake, order_rows, publish_orders
from tests.starrocks.served_lake import day
from tests.starrocks_stand_in import StandIn

REFRESH = r"^REFRESH EXTERNAL TABLE"
TICK = timedelta(seconds=10)


class Clock:
    """The ledger's time, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        """The time it is."""
        return self.now

    def pass_by(self, time: timedelta) -> None:
        """Let it be later."""
        self.now += time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """For the ledgers of this process."""
    clock = Clock()
    monkeypatch.setattr("resources.starrocks.refresh.refresh_ledger._now", clock)
    return clock


def served_tables(count: int) -> list[ServedTable]:
    """So many tables of orders."""
    return [
        ServedTable(replace(ORDERS, name=f"dws_order_{number:02}", served=True))
        for number in range(count)
    ]


@dataclass
class Scene:
    """A lake, a StarRocks that serves it, and the ledger between them."""

    lake: Lake
    stand_in: StandIn
    tables: list[ServedTable]
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.settings)

    @property
    def settings(self) -> Settings:
        """The lake's, with StarRocks. It does not answer for long."""
        return self.stand_in.settings.model_copy(
            update={"starrocks_answer_seconds": 5.0, "starrocks_connect_seconds": 2.0}
        )

    def name(self, number: int) -> TableName:
        """The table in StarRocks."""
        return TableName.of(self.settings, self.tables[number].spec)

    def entry(self, number: int) -> Entry:
        """What the ledger knows of the table."""
        return self.ledger.entry(self.name(number))

    def publish(self, number: int, first: int = 0, days: int = 1, rows: int = 1) -> None:
        """Publish so many rows for each of the days, without telling anyone."""
        window = Window.of_days(day(first), day(first + days - 1))
        wanted = [row for each in window for row in order_rows(each, rows)]
        publish_orders(self.lake, window, wanted, spec=self.tables[number].spec)

    def publish_and_want(self, number: int, first: int = 0, days: int = 1, rows: int = 1) -> None:
        """Publish, and note it as the sensor does."""
        self.publish(number, first, days, rows)
        self.ledger.want([self.name(number)])

    def work(self, settings: Settings | None = None) -> list[Refreshed]:
        """What one tick and its run do."""
        taken = {entry.table for entry in self.ledger.request(set(self.names))}
        due = [each for each, name in zip(self.tables, self.names, strict=True) if name in taken]
        return list(Refresher(settings or self.settings, "run").refresh(due)) if due else []

    def work_until_well(self, clock: Clock, longest: timedelta = timedelta(minutes=25)) -> None:
        """Let the sensor tick until everything wanted is done with."""
        end = clock.now + longest
        while any(entry.is_open for entry in self.ledger.entries().values()):
            assert clock.now < end, self.ledger.entries()
            self.work()
            clock.pass_by(TICK)

    def is_well(self) -> bool:
        """Whether every table is verified at its last snapshot, and none is wanted."""
        entries = self.ledger.entries()
        return all(
            each.shows(self.lake.snapshot(table.spec).snapshot_id, table)
            and each.wanted == each.met
            for table, each in zip(self.tables, map(entries.get, self.names), strict=True)
            if each is not None
        ) and len(entries) == len(self.tables)

    @property
    def names(self) -> list[TableName]:
        """The tables in StarRocks."""
        return [TableName.of(self.settings, each.spec) for each in self.tables]

    def let_starrocks_look(self) -> None:
        """Have it read every table, and so remember how each is now."""
        with StarRocks(self.settings) as client:
            for name in self.names:
                client.run(row_count(name))

    def assert_well(self, numbers: Iterable[int] | None = None) -> None:
        """Each table is verified at its last snapshot, truly shows it, and all is on record."""
        with StarRocks(self.settings) as client:
            for number in range(len(self.tables)) if numbers is None else numbers:
                published = self.lake.snapshot(self.tables[number].spec).snapshot_id
                entry = self.entry(number)
                assert client.run(current_snapshot(entry.table)) == [(published,)]
                assert entry.state is State.VERIFIED
                assert entry.verified_snapshot == entry.followed_snapshot == published
                assert (entry.wanted, entry.last_error, entry.attempts) == (entry.met, None, 0)
        assert_on_record(self.stand_in, self.ledger)


def assert_on_record(stand_in: StandIn, ledger: Ledger) -> None:
    """Every refresh that StarRocks received is in the ledger."""
    received = Counter(each.statement for each in stand_in.sent(REFRESH))
    assert received
    recorded = Counter(each.statement for each in ledger.statements())
    assert not received - recorded


@contextmanager
def scene(
    home: Path, count: int, lake: Lake | None = None, front_ends: int = 1
) -> Generator[Scene]:
    """So many tables, each with one row on one day, which StarRocks has seen."""
    lake = lake or open_lake(home)
    with StandIn.start(lake.settings, front_ends=front_ends) as stand_in:
        opened = Scene(lake, stand_in, served_tables(count))
        for number in range(count):
            opened.publish(number)
        opened.let_starrocks_look()
        yield opened
