"""latest() shows of each key the version that a naive reading of its promise shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings, strategies as st

from resources.lake.model.window import Window
from tests.modeling.conftest import HEADER, WriteWarehouse
from warehouse_assets.modeling import (
    Table,
    first_delivered,
    following,
    functions,
    history,
    latest,
    same_day,
    trailing,
)
from warehouse_assets.modeling.declaration.windows import ReadWindow
from warehouse_assets.modeling.sql.latest_versions import shown_rows

FIRST = date(2026, 3, 6)  # Two days before clocks change in New York.
MIDNIGHT = datetime(2026, 3, 6, tzinfo=UTC)
LOG = (
    HEADER
    + """
from resources.sources.declaration.files import files

class OdsThing(DeliveredContract):
    thing_no: Text = column("Thing")
    line_no: Integer = column("Line")
    happened_at: Timestamp = column("When it happened", null=True)
    updated_at: Timestamp = column("When it was changed")

ods_thing = table(
    OdsThing,
    owner="team:trade",
    source=files("shop/thing", format="csv"),
    change_log=change_log(
        key=("thing_no", "line_no"), sequence="updated_at", event_time="happened_at"
    ),
)
"""
)


@dataclass(frozen=True)
class Version:
    """A row of the log. `happened` and `updated` are hours from the first day's midnight UTC."""

    thing_no: str
    line_no: int
    happened: int | None
    updated: int
    file: str
    source_line: int
    dt: date

    @property
    def source_file(self) -> str:
        """It lies in the folder of its day."""
        return f"{self.dt}/{self.file}"

    @property
    def key(self) -> tuple[str, int]:
        return (self.thing_no, self.line_no)

    @property
    def order(self) -> tuple[int, date, str, int]:
        return (self.updated, self.dt, self.source_file, self.source_line)

    @property
    def event_date(self) -> date | None:
        """In New York, five hours behind until 8 March 2026 at 07:00 UTC, then four."""
        if self.happened is None:
            return None
        behind = 5 if self.happened < 2 * 24 + 7 else 4
        return FIRST + timedelta(days=(self.happened - behind) // 24)


VERSIONS = st.lists(
    st.builds(
        Version,
        thing_no=st.sampled_from("AB"),
        line_no=st.integers(1, 2),
        happened=st.none() | st.integers(0, 6 * 24),
        updated=st.integers(0, 4),
        file=st.sampled_from(["a.csv", "b.csv"]),
        source_line=st.integers(1, 9),
        dt=st.integers(-1, 8).map(lambda number: FIRST + timedelta(days=number)),
    ),
    max_size=25,
    unique_by=lambda version: (version.source_file, version.source_line),
)
WINDOWS = st.tuples(st.integers(0, 6), st.integers(0, 4)).map(
    lambda pair: Window.of_days(FIRST + timedelta(days=pair[0]), FIRST + timedelta(days=sum(pair)))
)


def _following(
    versions: Sequence[Version], window: Window, days: int
) -> list[tuple[Version, date]]:
    timely = [
        (version, day)
        for version in versions
        if (day := version.event_date) in window
        and day is not None
        and day <= version.dt <= day + timedelta(days=days)
    ]
    return [
        (max((v for v, d in timely if (v.key, d) == group), key=lambda v: v.order), group[1])
        for group in {(version.key, day) for version, day in timely}
    ]


def _following_of_each_file(
    versions: Sequence[Version], window: Window, days: int
) -> list[tuple[Version, date]]:
    found: list[tuple[Version, date]] = []
    for file in {version.source_file for version in versions}:
        found += _following([v for v in versions if v.source_file == file], window, days)
    return found


def _updated(versions: Sequence[Version], window: Window, days: int) -> list[tuple[Version, date]]:
    """By the date on which each was changed, so that those without an event time are seen."""
    dated = [replace(version, happened=version.updated) for version in versions]
    original = dict(zip(dated, versions, strict=True))
    return [(original[version], day) for version, day in _following(dated, window, days)]


def _as_of(
    versions: Sequence[Version], window: Window, days: int | None
) -> list[tuple[Version, date]]:
    found: list[tuple[Version, date]] = []
    for day in window:
        first = date.min if days is None else day - timedelta(days=days - 1)
        known = [version for version in versions if first <= version.dt <= day]
        for key in {version.key for version in known}:
            found.append((max((v for v in known if v.key == key), key=lambda v: v.order), day))
    return found


def _known_later(
    versions: Sequence[Version], window: Window, days: int
) -> list[tuple[Version, date]]:
    found: list[tuple[Version, date]] = []
    for day in window:
        known = [v for v in versions if day <= v.dt <= day + timedelta(days=days)]
        for key in {version.key for version in known}:
            found.append((max((v for v in known if v.key == key), key=lambda v: v.order), day))
    return found


def _of_each_delivery(versions: Sequence[Version]) -> list[tuple[Version, date]]:
    return [
        (max((v for v in versions if (v.key, v.dt) == group), key=lambda v: v.order), group[1])
        for group in {(version.key, version.dt) for version in versions}
    ]


def _first(versions: Sequence[Version]) -> list[tuple[Version, date]]:
    firsts = [
        min((v for v in versions if v.key == key), key=lambda v: (v.dt, v.order))
        for key in {version.key for version in versions}
    ]
    return [(version, version.dt) for version in firsts]


READS: list[tuple[ReadWindow, Callable[..., Iterable[tuple[Version, date]]]]] = [
    (latest(following(days=1)), lambda v, w: _following(v, w, 1)),
    (latest(following(days=3)), lambda v, w: _following(v, w, 3)),
    (latest(following(days=2), event_time="updated_at"), lambda v, w: _updated(v, w, 2)),
    (latest(history()), lambda v, w: _as_of(v, w, None)),
    (latest(trailing(days=3)), lambda v, w: _as_of(v, w, 3)),
    (latest(same_day()), lambda v, w: _as_of(v, w, 1)),
    (latest(following(days=2), by="day"), lambda v, w: _known_later(v, w, 2)),
    (latest(following(days=3), per=["source_file"]), lambda v, w: _following_of_each_file(v, w, 3)),
    (latest(trailing(days=2), by="delivery"), lambda v, _: _of_each_delivery(v)),
    (first_delivered(history()), lambda v, _: _first(v)),
]


@pytest.mark.parametrize(("reads", "model"), READS, ids=[reads.name for reads, _ in READS])
def test_each_key_is_seen_once_as_its_latest_version(
    reads: ReadWindow,
    model: Callable[[Sequence[Version], Window], Iterable[tuple[Version, date]]],
    write_warehouse: WriteWarehouse,
) -> None:
    table = write_warehouse({"ods/ods_thing": LOG}).table("ods_thing")
    connection = duckdb.connect()
    functions.install(connection, "America/New_York")

    @given(VERSIONS, WINDOWS)
    @settings(max_examples=60, deadline=None)
    def check(versions: list[Version], window: Window) -> None:
        published = dict.fromkeys((version.dt for version in versions), "publication")
        visible = reads.visible(window, published, FIRST)
        assert visible.partitions is not None
        seen = [version for version in versions if version.dt in visible.partitions]
        found = _shown(connection, table, reads, seen, window)
        wanted = [
            (*version.key, version.source_file, version.source_line, day)
            for version, day in model(seen, window)
        ]
        assert sorted(found) == sorted(wanted)

    check()


def _shown(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    reads: ReadWindow,
    versions: Sequence[Version],
    window: Window,
) -> list[tuple[object, ...]]:
    columns = ", ".join(f"{c.spec.name} {c.spec.type}" for c in table.columns)
    connection.execute(f"CREATE OR REPLACE TABLE log ({columns})")
    values: list[object] = []
    for v in versions:
        happened = None if v.happened is None else MIDNIGHT + timedelta(hours=v.happened)
        updated = MIDNIGHT + timedelta(hours=v.updated)
        values += (v.thing_no, v.line_no, happened, updated, v.source_file, v.source_line, v.dt)
    if versions:
        places = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(versions))
        connection.execute(f"INSERT INTO log VALUES {places}", values)
    rows = shown_rows(table, reads, "SELECT * FROM log", window)
    return connection.execute(
        f"SELECT thing_no, line_no, source_file, source_line, dt FROM ({rows})"
    ).fetchall()
