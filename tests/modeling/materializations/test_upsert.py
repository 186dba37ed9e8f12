"""A log merged in any number of runs gives the table that it gives as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.modeling.conftest import HEADER, WriteWarehouse, changed
from tests.modeling.log_lake import LogLake, Row, day
from warehouse_assets.modeling.load_errors import LoadError

DAYS = 5
ODS = HEADER + """
from resources.sources.declaration.files import files

class OdsThing(DeliveredContract):
    thing_no: Text = column("Thing")
    size: Integer = column("Size")
    note: Text = column("Note", null=True)
    is_deleted: Flag = column("Whether it is gone")
    changed_columns: Text = column("Columns that the version states")
    version_no: Integer = column("Number of the version")

ods_thing = table(
    OdsThing,
    owner="team:trade",
    source=files("log", format="csv"),
    change_log=change_log(key=("thing_no",), sequence="version_no"),
)
"""  # fmt: skip
STATE = HEADER + """
class DwdThing(StateContract):
    thing_no: Text = key("Thing")
    size: Integer = column("Size", null=True)
    note: Text = column("Note", null=True)
    version_no: Integer = column("Number of the version")

dwd_thing = table(DwdThing, owner="team:trade", materialization=upsert(of="ods_thing"))
"""  # fmt: skip
DELETED = 'deleted="is_deleted"'
KINDS = {
    "deduplicate": ["", DELETED],
    "first_row": ['merge="first_row"', f'merge="first_row", {DELETED}'],
    "partial_update": [
        'merge="partial_update", present="changed_columns"',
        f'merge="partial_update", present="changed_columns", {DELETED}',
    ],
    "aggregate": [
        'merge="aggregate", aggregates={"size": "sum"}',
        f'merge="aggregate", aggregates={{"size": "max"}}, {DELETED}',
    ],
}

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "thing_no": st.sampled_from("ABC"),
            "size": st.integers(1, 9),
            "note": st.sampled_from(["", "x", "y"]),
            "is_deleted": st.sampled_from(["false", "false", "true"]),
            "changed_columns": st.sampled_from(["-", "size", "note", "size, note"]),
            "version_no": st.integers(1, 6),
        }
    ),
    max_size=4,
)
# Deliveries of a day, of any day at any time and again; after each a run, or none.
STEPS = st.lists(st.tuples(st.integers(0, DAYS - 1), ROWS, st.booleans()), min_size=2, max_size=6)


def of(text: str) -> str:
    comma = ", " if text else ""
    return changed(STATE, 'of="ods_thing"', f'of="ods_thing"{comma}{text}')


@pytest.mark.parametrize("engine", KINDS)
@pytest.mark.parametrize("deletes", [False, True], ids=["", "deleted"])
def test_any_split_into_runs_gives_the_replay_of_the_whole_log(
    engine: str, deletes: bool, tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    warehouse = write_warehouse(
        {"ods/ods_thing": ODS, "fact/dwd_thing": of(KINDS[engine][deletes])}
    )
    aggregate = max if deletes else sum

    @given(STEPS)
    @settings(
        max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def check(steps: list[tuple[int, list[Row], bool]]) -> None:
        lake = LogLake.make(warehouse, tmp_path)
        days: dict[int, list[Row]] = {}
        for number, rows, merged_now in steps:
            days[number] = rows
            lake.deliver("ods_thing", number, rows)
            lake.run("ods_thing", number)
            if merged_now:
                lake.run("dwd_thing")
                assert not lake.stale("dwd_thing", DAYS)
        lake.run("dwd_thing")
        assert _found(lake) == _replay(days, engine, deletes, aggregate)

    check()


def _replay(
    days: Mapping[int, Sequence[Row]], engine: str, deletes: bool, aggregate: Any
) -> dict[str, tuple[Any, ...]]:
    versions: dict[str, list[tuple[tuple[Any, ...], Row]]] = {}
    for number, rows in days.items():
        for line, row in enumerate(rows):
            place = (row["version_no"], day(number), line)
            versions.setdefault(row["thing_no"], []).append((place, row))
    found: dict[str, tuple[Any, ...]] = {}
    for thing_no, unordered in versions.items():
        ordered = sorted(unordered, key=lambda version: version[0])
        if engine == "aggregate":
            ordered = list({place[0]: (place, row) for place, row in ordered}.values())
        living: list[tuple[tuple[Any, ...], Row]] = []
        for place, row in ordered:
            living = [] if deletes and row["is_deleted"] == "true" else [*living, (place, row)]
        if living:
            found[thing_no] = _merged(living, engine, aggregate)
    return found


def _merged(
    living: Sequence[tuple[tuple[Any, ...], Row]], engine: str, aggregate: Any
) -> tuple[Any, ...]:
    place, row = living[0] if engine == "first_row" else living[-1]
    size, note = row["size"], row["note"] or None
    if engine == "aggregate":
        size = aggregate(row["size"] for _, row in living)
    if engine == "partial_update":
        size = note = None
        for _, row in living:
            stated = [name.strip() for name in row["changed_columns"].split(",")]
            size = row["size"] if "size" in stated else size
            note = (row["note"] or None) if "note" in stated else note
    return (size, note, place[0], place[1])


def _found(lake: LogLake) -> dict[str, tuple[Any, ...]]:
    rows = lake.rows("dwd_thing")
    assert len({row["thing_no"] for row in rows}) == len(rows)
    return {
        row["thing_no"]: (row["size"], row["note"], row["version_no"], row["delivered_date"])
        for row in rows
    }


def _thing(thing_no: str, version_no: int = 1) -> Row:
    return {
        "thing_no": thing_no,
        "size": 1,
        "note": "",
        "is_deleted": "false",
        "changed_columns": "size",
        "version_no": version_no,
    }


def test_a_run_touches_what_is_new_and_says_what_is_not_merged(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    lake = LogLake.make(write_warehouse({"ods/ods_thing": ODS, "fact/dwd_thing": STATE}), tmp_path)
    lake.deliver("ods_thing", 0, [_thing(str(number)) for number in range(50)])
    lake.run("ods_thing", 0)
    assert lake.run("dwd_thing").rows == 50
    lake.deliver("ods_thing", 1, [_thing("7", 2), _thing("new")])
    lake.run("ods_thing", 1)
    assert lake.stale("dwd_thing", DAYS) == {None: f"ods_thing {day(1)} is not merged yet"}
    published = lake.run("dwd_thing")
    assert (published.rows, published.rows_removed) == (2, 1)
    assert len(lake.rows("dwd_thing")) == 51
    assert lake.run("dwd_thing").rows == 0


def test_a_log_whose_old_snapshot_is_gone_is_replayed_whole(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    warehouse = write_warehouse({"ods/ods_thing": ODS, "fact/dwd_thing": STATE})
    lake = LogLake.make(warehouse, tmp_path)
    lake.deliver("ods_thing", 0, [_thing("A"), _thing("B")])
    lake.run("ods_thing", 0)
    lake.run("dwd_thing")
    for version in range(2, 60):
        lake.deliver("ods_thing", 0, [_thing("A", version)])
        lake.run("ods_thing", 0)
    assert lake.run("dwd_thing").rows == 1
    assert _found(lake) == {"A": (1, None, 59, day(0))}


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (of('merge="latest"'), "no merge engine latest"),
        (of('merge="partial_update"'), "present= says which columns"),
        (of('merge="aggregate"'), "aggregates= is for"),
        (of('merge="aggregate", aggregates={"sise": "sum"}'), "Did you mean size?"),
        (of('merge="aggregate", aggregates={"size": "avg"}'), "Take one of sum, min, max"),
        (of('deleted="deleted"'), "Did you mean is_deleted?"),
        (of('deleted="size"'), "must be BOOLEAN and never null"),
        (changed(STATE, "ods_thing", "ods_thong"), "Did you mean ods_thing?"),
        (changed(STATE, "note:", "noot:"), "Did you mean note?"),
        (changed(STATE, "size: Integer", "size: Text"), "is VARCHAR here and BIGINT in ods_thing"),
        (changed(STATE, 'thing_no: Text = key("Thing")', ""), "versions are told apart by it"),
        (changed(STATE, "version_no: Integer = column", "version_no: Integer = key"), "not that"),
        (changed(STATE, "StateContract", "Contract"), "is no StateContract"),
    ],
)
def test_what_does_not_fit_the_log_is_an_error(
    module: str, words: str, write_warehouse: WriteWarehouse
) -> None:
    with pytest.raises(LoadError) as raised:
        write_warehouse({"ods/ods_thing": ODS, "fact/dwd_thing": module})
    assert words in str(raised.value)
    assert "fact/dwd_thing.py:" in str(raised.value)
