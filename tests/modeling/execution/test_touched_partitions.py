"""A delivery makes exactly the business dates stale that it has rows for."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from tests.modeling.conftest import HEADER, WriteWarehouse
from tests.modeling.log_lake import LogLake, Row, day, instant
from warehouse_assets.modeling.declaration.warehouse import Warehouse

DAYS = 4
LATE = 2
MODULES = {
    "ods/ods_thing": HEADER
    + """
from resources.sources.declaration.files import files

class OdsThing(DeliveredContract):
    thing_no: Text = column("Thing")
    size: Integer = column("Size")
    happened_at: Timestamp = column("When it happened", null=True)
    updated_at: Timestamp = column("When it was changed")

ods_thing = table(
    OdsThing,
    owner="team:trade",
    source=files("log", format="csv"),
    change_log=change_log(key=("thing_no",), sequence="updated_at", event_time="happened_at"),
)
""",
    "fact/dwd_thing": HEADER
    + '''
class DwdThing(Contract):
    thing_no: Text = key("Thing")
    size: Integer = column("Size")
    dt: Day = partition("Business date it happened")

dwd_thing = table(
    DwdThing,
    owner="team:trade",
    reads={"ods_thing": latest(following(days=2), undated="left out")},
    sql="SELECT thing_no, size, dt FROM ods_thing WHERE dt >= :start AND dt < :end",
)
''',
    "fact/dws_thing_1d": HEADER
    + '''
class DwsThing1d(Contract):
    thing_count: Integer = column("Things")
    dt: Day = partition("Business date they happened")

dws_thing_1d = table(
    DwsThing1d,
    owner="team:trade",
    reads={"dwd_thing": same_day()},
    sql="""
        SELECT COUNT(*) AS thing_count, dt
        FROM dwd_thing
        WHERE dt >= :start AND dt < :end
        GROUP BY dt
    """,
)
''',
}  # fmt: skip

ROWS = st.lists(
    st.builds(
        lambda thing, size, happened, updated: {
            "thing_no": thing,
            "size": size,
            "happened_at": "" if happened is None else instant(happened),
            "updated_at": instant(0, updated),
        },
        st.sampled_from("ABC"),
        st.integers(1, 2),
        st.none() | st.integers(0, DAYS - 1),
        st.integers(0, 3),
    ),
    max_size=4,
)


@given(
    deliveries=st.lists(ROWS, min_size=DAYS, max_size=DAYS),
    again=st.integers(0, DAYS - 1),
    with_rows=ROWS,
)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def check(
    root: Path, warehouse: Warehouse, deliveries: list[list[Row]], again: int, with_rows: list[Row]
) -> None:
    lake = LogLake.make(warehouse, root)
    for number, rows in enumerate(deliveries):
        lake.deliver("ods_thing", number, rows)
    for name in warehouse.tables:
        lake.run(name, 0, DAYS - 1)
    assert not lake.stale("dwd_thing", DAYS)
    facts = _by_day(lake.rows("dwd_thing"))

    lake.deliver("ods_thing", again, with_rows)
    lake.run("ods_thing", again)
    stale = {each for each in lake.stale("dwd_thing", DAYS) if each}
    assert stale == _dates_with_changes(again, deliveries[again], with_rows)
    assert not lake.stale("dws_thing_1d", DAYS)
    for each in sorted(stale):
        lake.run("dwd_thing", (each - day(0)).days)
    now = _by_day(lake.rows("dwd_thing"))
    changed = {day(number) for number in range(DAYS) if now[day(number)] != facts[day(number)]}
    assert set(lake.stale("dws_thing_1d", DAYS)) == changed

    lake.run("dwd_thing", 0, DAYS - 1)
    assert _by_day(lake.rows("dwd_thing")) == now, "a date that was not called stale had changed"
    assert set(lake.stale("dws_thing_1d", DAYS)) == changed


def test_stale_is_what_has_other_rows_and_nothing_else(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    check(tmp_path, write_warehouse(MODULES))  # type: ignore[call-arg]


def test_a_row_three_days_late_touches_its_own_date_only(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    lake = LogLake.make(write_warehouse(MODULES), tmp_path)
    for number in range(DAYS):
        lake.deliver("ods_thing", number, [_thing("A", number)])
        lake.run("ods_thing", number)
        if number >= LATE:
            lake.run("dwd_thing", number - LATE)
    lake.run("dwd_thing", 0, DAYS - 1)
    lake.deliver("ods_thing", 3, [_thing("A", 3), _thing("B", 1)])
    lake.run("ods_thing", 3)
    assert lake.stale("dwd_thing", DAYS) == {day(1): "ods_thing published since"}


def _thing(thing_no: str, happened: int) -> Row:
    return {
        "thing_no": thing_no,
        "size": 1,
        "happened_at": instant(happened),
        "updated_at": instant(happened, 13),
    }


def _by_day(rows: list[dict[str, Any]]) -> dict[date, Counter[tuple[Any, ...]]]:
    found = {day(number): Counter[tuple[Any, ...]]() for number in range(DAYS)}
    for row in rows:
        found[row["dt"]][tuple(row.values())] += 1
    return found


def _dates_with_changes(delivered: int, before: list[Row], after: list[Row]) -> set[date]:
    """The dates that see the delivery and whose rows in it, file lines included, are others."""
    return {
        day(number)
        for number in range(max(0, delivered - LATE), delivered + 1)
        if _rows_of(number, before) != _rows_of(number, after)
    }


def _rows_of(number: int, rows: list[Row]) -> list[tuple[int, Row]]:
    return [(line, row) for line, row in enumerate(rows) if row["happened_at"] == instant(number)]
