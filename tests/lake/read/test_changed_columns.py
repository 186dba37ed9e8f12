"""Files that were written under an earlier contract are read under the one of today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings as effort, strategies as st

from resources.duckdb.engine import duckdb_session
from resources.lake.lake import Lake
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.settings import Settings
from tests.lake.read.builders import USERS, USERS_SQL, LakeForTest, iceberg_rows, in_order
from tests.lake.write.builders import FIRST, SECOND, THIRD, THREE_DAYS


def test_a_contract_ahead_of_its_table_is_read_with_its_new_names(users: LakeForTest) -> None:
    ahead = replace(
        USERS,
        columns=(
            ColumnSpec("customer_id", "BIGINT", "User.", was="user_id"),
            ColumnSpec("vip_level", "VARCHAR", "Level.", nullable=True),
            ColumnSpec("dt", "DATE", "Business date."),
        ),
    )
    snapshot = replace(users.lake.snapshot(USERS), spec=ahead)
    assert users.read(snapshot)[0] == (0, None, FIRST)


def test_rows_of_old_and_new_columns_are_read_together(users: LakeForTest) -> None:
    changed = replace(
        USERS,
        columns=(
            ColumnSpec("vip_level", "VARCHAR", "Level.", nullable=True),
            ColumnSpec("user_id", "BIGINT", "User."),
            ColumnSpec("town", "VARCHAR", "City.", nullable=True, was="city"),
            ColumnSpec("dt", "DATE", "Business date."),
        ),
        dropped=("spent_amount",),
    )
    query = f"""SELECT 'GOLD' AS vip_level, 5000000000 AS user_id, 'Wuhan' AS town,
        DATE '{SECOND}' AS dt"""
    users.publish(SECOND, query, changed)
    snapshot = users.lake.snapshot(changed)
    rows = users.read(snapshot)
    assert ("GOLD", 5_000_000_000, "Wuhan", SECOND) in rows
    assert (None, 3, "city 3", FIRST) in rows
    assert in_order(rows) == in_order(iceberg_rows(snapshot))


def test_a_name_used_again_for_another_column_does_not_show_the_old_one(
    users: LakeForTest,
) -> None:
    without = replace(
        USERS,
        columns=tuple(each for each in USERS.columns if each.name != "city"),
        dropped=("city",),
    )
    users.publish(
        SECOND, f"SELECT * EXCLUDE (city) FROM ({USERS_SQL}) WHERE dt = '{SECOND}'", without
    )
    again = replace(USERS, dropped=())
    users.publish(THIRD, f"{USERS_SQL} WHERE n % 3 = 2", again)
    snapshot = users.lake.snapshot(again)
    cities = {(row[1], row[3]) for row in users.read(snapshot)}
    assert cities == {(None, FIRST), (None, SECOND), ("city 2", THIRD), ("city 5", THIRD)}


CHANGES = st.lists(
    st.sampled_from(["day", "add", "widen id", "widen amount", "rename", "reorder"]),
    min_size=1,
    max_size=4,
)


@effort(max_examples=12, deadline=None)
@given(changes=CHANGES, days=st.lists(st.sampled_from(list(THREE_DAYS)), min_size=4, max_size=4))
def test_whatever_has_changed_the_rows_are_those_iceberg_reads(
    changes: list[str], days: list[date], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for lake in new_lake(tmp_path_factory.mktemp("lake")):
        lake.publish(THREE_DAYS, USERS_SQL)
        spec = USERS
        for number, (change, day) in enumerate(zip(changes, days, strict=False)):
            spec = changed_spec(spec, change, number)
            lake.publish(day, rows_of(spec, day, number), spec)
            snapshot = lake.lake.snapshot(spec)
            assert in_order(lake.read(snapshot)) == in_order(iceberg_rows(snapshot))


def new_lake(home: Path) -> Iterator[LakeForTest]:
    made = Settings(home=home, threads=1)
    with duckdb_session(made) as connection:
        yield LakeForTest(Lake(made), connection)


def changed_spec(spec: TableSpec, change: str, number: int) -> TableSpec:
    columns = [replace(column, was=None) for column in spec.columns]
    if change == "add":
        columns.insert(number, ColumnSpec(f"added_{number}", "BIGINT", "New.", nullable=True))
    elif change == "reorder":
        columns.reverse()
    for at, column in enumerate(columns):
        if change == "widen id" and column.type == "INTEGER":
            columns[at] = replace(column, type="BIGINT")
        elif change == "widen amount" and column.type == "DECIMAL(10,2)":
            columns[at] = replace(column, type="DECIMAL(18,2)")
        elif change == "rename" and column.type == "VARCHAR":
            columns[at] = replace(column, name=f"city_{number}", was=column.name)
    return replace(spec, columns=tuple(columns))


def rows_of(spec: TableSpec, day: date, number: int) -> str:
    values = {
        "BIGINT": f"{5_000_000_000 + number}",
        "INTEGER": f"{number}",
        "DECIMAL(10,2)": "1.25",
        "DECIMAL(18,2)": "12345678901.25",
        "VARCHAR": f"'new {number}'",
        "DATE": f"DATE '{day}'",
    }
    return "SELECT " + ", ".join(
        f"CAST({values[column.type]} AS {column.type}) AS {column.name}" for column in spec.columns
    )
