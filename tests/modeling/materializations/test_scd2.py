"""Ranges of validity: of any log, in any runs, those that a naive reading of the log gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.modeling.conftest import HEADER, WriteWarehouse, changed
from tests.modeling.log_lake import LogLake, Row, day, instant
from warehouse_assets.modeling.load_errors import LoadError

DAYS = 5
FAR = date(9999, 12, 31)
ODS = HEADER + """
from resources.sources.declaration.files import files

class OdsUser(DeliveredContract):
    user_id: Integer = column("User")
    level: Text = column("Level")
    city: Text = column("City", null=True)
    note: Text = column("Note")
    is_deleted: Flag = column("Whether the user is gone")
    updated_at: Timestamp = column("When it was changed")

ods_user = table(
    OdsUser,
    owner="team:user",
    source=files("log", format="csv"),
    change_log=change_log(key=("user_id",), sequence="updated_at"),
)
"""  # fmt: skip
HISTORY = HEADER + """
class DimUserHistory(HistoryContract):
    user_id: Integer = key("User")
    level: Text = column("Level")
    city: Text = column("City", null=True)
    note: Text = column("Note")
    updated_at: Timestamp = column("When it was changed")

dim_user_history = table(
    DimUserHistory,
    owner="team:user",
    materialization=scd2(of="ods_user", columns=("level", "city")),
)
"""  # fmt: skip
MODES = {
    "changes": HISTORY,
    "deleted": changed(HISTORY, '"city")', '"city"), deleted="is_deleted"'),
    "snapshots": changed(HISTORY, '"city")', '"city"), snapshots=True'),
}

ROWS = st.lists(
    st.builds(
        lambda user, level, city, gone, changed_on, hour: {
            "user_id": user,
            "level": level,
            "city": city,
            "note": f"{hour}",
            "is_deleted": "true" if gone else "false",
            "updated_at": instant(changed_on, hour),
        },
        st.integers(1, 2),
        st.sampled_from("AB"),
        st.sampled_from(["", "X"]),
        st.booleans(),
        st.integers(0, 4),
        st.integers(1, 3),
    ),
    max_size=4,
)
STEPS = st.lists(st.tuples(st.integers(0, DAYS - 1), ROWS, st.booleans()), min_size=2, max_size=6)

Range = tuple[int, str, str | None, date, date]


@pytest.mark.parametrize("mode", MODES)
def test_any_split_into_runs_gives_the_ranges_of_the_whole_log(
    mode: str, tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    warehouse = write_warehouse({"ods/ods_user": ODS, "dim/dim_user_history": MODES[mode]})

    @given(STEPS)
    @settings(
        max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def check(steps: list[tuple[int, list[Row], bool]]) -> None:
        lake = LogLake.make(warehouse, tmp_path)
        days: dict[int, list[Row]] = {}
        for number, rows, merged_now in steps:
            days[number] = rows
            lake.deliver("ods_user", number, rows)
            lake.run("ods_user", number)
            if merged_now:
                lake.run("dim_user_history")
                assert not lake.stale("dim_user_history", DAYS)
        lake.run("dim_user_history")
        rows = lake.rows("dim_user_history")
        assert sorted(_ranges(rows), key=str) == sorted(_model(days, mode), key=str)
        assert all(row["is_current"] == (row["valid_to"] == FAR) for row in rows)

    check()


def _ranges(rows: Sequence[Mapping[str, Any]]) -> list[Range]:
    return [
        (row["user_id"], row["level"], row["city"], row["valid_from"], row["valid_to"])
        for row in rows
    ]


def _model(days: Mapping[int, Sequence[Row]], mode: str) -> list[Range]:
    """What each user was on each date from the first on, and where that changes."""
    found: list[Range] = []
    for user in (1, 2):
        on_date: dict[date, tuple[str, str | None] | None] = {}
        for since, row in _by_date(days, user, mode).items():
            gone = row is None or (mode == "deleted" and row["is_deleted"] == "true")
            on_date[since] = None if gone or row is None else (row["level"], row["city"] or None)
        before: tuple[str, str | None] | None = None
        for since in sorted(on_date):
            value = on_date[since]
            if value == before:
                continue
            if before is not None:
                found[-1] = (*found[-1][:4], since)
            if value is not None:
                found.append((user, *value, since, FAR))
            before = value
    return found


def _by_date(days: Mapping[int, Sequence[Row]], user: int, mode: str) -> dict[date, Row | None]:
    """The latest version on each date that has one; None where a snapshot has none."""
    if mode == "snapshots":
        snapshots = {
            day(number): [(row["updated_at"], line, row) for line, row in enumerate(rows)
                          if row["user_id"] == user]
            for number, rows in days.items()
        }  # fmt: skip
        return {
            since: max(rows, key=lambda each: each[:2])[2] if rows else None
            for since, rows in snapshots.items()
        }
    versions = sorted(
        (
            ((row["updated_at"], number, line), row)
            for number, rows in days.items()
            for line, row in enumerate(rows)
            if row["user_id"] == user
        ),
        key=lambda version: version[0],
    )
    return {date.fromisoformat(place[0][:10]): row for place, row in versions}


def _user(user_id: int, level: str, changed_on: int, note: str = "-") -> Row:
    return {
        "user_id": user_id,
        "level": level,
        "city": "",
        "note": note,
        "is_deleted": "false",
        "updated_at": instant(changed_on),
    }


@pytest.fixture
def lake(tmp_path: Path, write_warehouse: WriteWarehouse) -> LogLake:
    warehouse = write_warehouse({"ods/ods_user": ODS, "dim/dim_user_history": HISTORY})
    return LogLake.make(warehouse, tmp_path)


def test_a_late_correction_rewrites_its_own_key_only(lake: LogLake) -> None:
    lake.deliver("ods_user", 0, [_user(user, "A", 0) for user in range(20)])
    lake.deliver("ods_user", 3, [_user(7, "C", 3)])
    lake.run("ods_user", 0)
    lake.run("ods_user", 3)
    assert lake.run("dim_user_history").rows == 21
    lake.deliver("ods_user", 4, [_user(7, "B", 1)])
    lake.run("ods_user", 4)
    published = lake.run("dim_user_history")
    assert (published.rows, published.rows_removed) == (3, 2)
    ranges = sorted(each for each in _ranges(lake.rows("dim_user_history")) if each[0] == 7)
    assert ranges == [
        (7, "A", None, day(0), day(1)),
        (7, "B", None, day(1), day(3)),
        (7, "C", None, day(3), FAR),
    ]


def test_a_version_that_changes_nothing_tracked_adds_no_row(lake: LogLake) -> None:
    for number, note in enumerate(["first", "second"]):
        lake.deliver("ods_user", number, [_user(1, "A", number, note)])
        lake.run("ods_user", number)
        lake.run("dim_user_history")
    rows = lake.rows("dim_user_history")
    assert _ranges(rows) == [(1, "A", None, day(0), FAR)]
    assert rows[0]["note"] == "second"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"city")', '"town")', "columns names town"),
        ('"city")', '"user_id")', "columns names user_id"),
        ('("level", "city")', "()", "columns is empty"),
        ('"city")', '"city"), deleted="is_deleted", snapshots=True', "leave deleted= out"),
        ("HistoryContract", "StateContract", "no HistoryContract"),
        ("level: Text = column", "level: Text = key", "the key is not that of ods_user"),
    ],
)
def test_what_does_not_fit_the_log_is_an_error(
    old: str, new: str, words: str, write_warehouse: WriteWarehouse
) -> None:
    with pytest.raises(LoadError, match=words):
        write_warehouse({"ods/ods_user": ODS, "dim/dim_user_history": changed(HISTORY, old, new)})
