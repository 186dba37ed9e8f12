"""Reading a snapshot: the same rows as any Iceberg reader gives, or an error; never half."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings as effort, strategies as st
from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    FileFormat,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
)
from pyiceberg.table import ManifestGroupPlanner

from resources.duckdb.engine import duckdb_session
from resources.errors import StorageError
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.model.window import Window
from resources.lake.read.table_snapshot import TableSnapshot
from resources.settings import Settings
from tests.lake.write.builders import FIRST, SECOND, THIRD, THREE_DAYS

FOURTH = date(2026, 3, 4)

USERS = TableSpec(
    namespace="dim",
    name="dim_user",
    doc="Users as of each day.",
    columns=(
        ColumnSpec("user_id", "INTEGER", "User."),
        ColumnSpec("city", "VARCHAR", "City.", nullable=True),
        ColumnSpec("spent_amount", "DECIMAL(10,2)", "Spent so far.", nullable=True),
        ColumnSpec("dt", "DATE", "Business date."),
    ),
    partition_column="dt",
)
USERS_SQL = """
    SELECT CAST(n AS INTEGER) AS user_id, 'city ' || n AS city,
        CAST(n + 0.5 AS DECIMAL(10,2)) AS spent_amount,
        DATE '2026-03-01' + CAST(n % 3 AS INTEGER) AS dt
    FROM range(6) AS numbers (n)
"""


class LakeForTest:
    """A lake with a session to publish and read with."""

    def __init__(self, lake: Lake, connection: DuckDBPyConnection) -> None:
        self.lake = lake
        self.connection = connection

    def publish(self, window: Window | date, query: str, spec: TableSpec = USERS) -> None:
        """Publish the query's rows."""
        days = window if isinstance(window, Window) else Window.of_day(window)
        context = PublishContext(run_id="run", code_version="version")
        self.lake.publish(spec, days, query, self.connection, context)

    def read(
        self, snapshot: TableSnapshot, partitions: dict[date, date] | None = None
    ) -> list[tuple[object, ...]]:
        """The rows the snapshot shows, in order."""
        relation = self.lake.relation_sql(snapshot, partitions)
        return self.connection.execute(f"SELECT * FROM ({relation}) ORDER BY ALL").fetchall()

    def days(self, partitions: dict[date, date] | None) -> list[tuple[object, ...]]:
        """User and visible day of each row of the table as it is now."""
        snapshot = self.lake.snapshot(USERS)
        relation = self.lake.relation_sql(snapshot, partitions)
        return self.connection.execute(
            f"SELECT user_id, dt FROM ({relation}) ORDER BY ALL"
        ).fetchall()

    def files(self, spec: TableSpec = USERS) -> list[Path]:
        """The table's data files."""
        snapshot = self.lake.snapshot(spec)
        assert snapshot.table is not None
        return sorted(Path(task.file.file_path) for task in snapshot.table.scan().plan_files())


@pytest.fixture
def users(settings: Settings, connection: DuckDBPyConnection) -> LakeForTest:
    """A lake in which three days of users are published, two users a day."""
    made = LakeForTest(Lake(settings), connection)
    made.publish(THREE_DAYS, USERS_SQL)
    return made


def iceberg_rows(snapshot: TableSnapshot) -> list[tuple[object, ...]]:
    """The same rows as pyiceberg reads them, in the contract's columns."""
    assert snapshot.table is not None
    rows = snapshot.table.scan(snapshot_id=snapshot.snapshot_id).to_arrow().to_pylist()
    names = [column.name for column in snapshot.spec.columns]
    return [tuple(row[name] for name in names) for row in rows]


def in_order(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted(rows, key=repr)


def test_every_row_in_the_contracts_types(users: LakeForTest) -> None:
    snapshot = users.lake.snapshot(USERS)
    rows = users.read(snapshot)
    assert len(rows) == 6
    assert rows[0] == (0, "city 0", Decimal("0.50"), FIRST)
    assert in_order(rows) == in_order(iceberg_rows(snapshot))


def test_only_the_wanted_partitions(users: LakeForTest) -> None:
    assert users.days({FIRST: FIRST, THIRD: THIRD}) == [
        (0, FIRST),
        (2, THIRD),
        (3, FIRST),
        (5, THIRD),
    ]


def test_files_of_other_partitions_are_not_even_named(users: LakeForTest) -> None:
    relation = users.lake.relation_sql(users.lake.snapshot(USERS), {SECOND: SECOND})
    assert relation.count(".parquet") == 1


def test_a_dimension_shows_the_date_it_is_asked_as_of(users: LakeForTest) -> None:
    as_of = {FIRST: FIRST, SECOND: FIRST, FOURTH: THIRD}
    assert users.days(as_of) == [
        (0, FIRST),
        (0, SECOND),
        (2, FOURTH),
        (3, FIRST),
        (3, SECOND),
        (5, FOURTH),
    ]


def test_a_partition_can_be_hidden_behind_another(users: LakeForTest) -> None:
    assert users.days({SECOND: FIRST}) == [(0, SECOND), (3, SECOND)]


@pytest.mark.parametrize("partitions", [{}, {FOURTH: FOURTH}, {THIRD: FOURTH}])
def test_an_empty_selection_is_typed(users: LakeForTest, partitions: dict[date, date]) -> None:
    relation = users.lake.relation_sql(users.lake.snapshot(USERS), partitions)
    assert users.connection.execute(relation).fetchall() == []
    described = users.connection.execute(f"DESCRIBE {relation}").fetchall()
    assert [row[:2] for row in described] == [(each.name, each.type) for each in USERS.columns]


def test_a_table_that_does_not_exist_yet_is_empty(
    settings: Settings, connection: DuckDBPyConnection
) -> None:
    empty = LakeForTest(Lake(settings), connection)
    assert empty.read(empty.lake.snapshot(USERS)) == []


def test_a_snapshot_reads_what_was_there_when_it_was_taken(users: LakeForTest) -> None:
    before = users.lake.snapshot(USERS)
    rows = users.read(before)
    users.publish(FIRST, f"{USERS_SQL} WHERE false")
    assert users.read(before) == rows
    assert len(users.read(users.lake.snapshot(USERS))) == 4


def test_a_table_replaced_whole(settings: Settings, connection: DuckDBPyConnection) -> None:
    spec = replace(USERS, columns=USERS.columns[:2], partition_column=None)
    lake = LakeForTest(Lake(settings), connection)
    query = f"SELECT user_id, city FROM ({USERS_SQL})"
    lake.lake.publish(spec, None, query, connection, PublishContext("run", "version"))
    assert len(lake.read(lake.lake.snapshot(spec))) == 6


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


@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_damaged_file_is_a_storage_error_that_names_it(users: LakeForTest, damage: str) -> None:
    damaged = next(path for path in users.files() if "dt=2026-03-02" in str(path))
    if damage == "missing":
        damaged.unlink()
    else:
        damaged.write_bytes(damaged.read_bytes()[:-100])
    snapshot = users.lake.snapshot(USERS)
    with pytest.raises(StorageError) as refused:
        users.lake.relation_sql(snapshot, None)
    assert str(damaged) in refused.value.message
    assert "dim.dim_user" in refused.value.message
    assert "partition 2026-03-02" in refused.value.message
    # The other days are none the worse for it.
    assert len(users.read(snapshot, {FIRST: FIRST, THIRD: THIRD})) == 4


@pytest.mark.parametrize(
    "content", [DataFileContent.POSITION_DELETES, DataFileContent.EQUALITY_DELETES]
)
def test_rows_deleted_by_another_file_are_refused(
    users: LakeForTest, monkeypatch: pytest.MonkeyPatch, content: DataFileContent
) -> None:
    plan = ManifestGroupPlanner.plan_manifest_entries

    def with_deletes(
        planner: ManifestGroupPlanner, manifests: Iterable[ManifestFile]
    ) -> Iterator[list[ManifestEntry]]:
        found = list(plan(planner, manifests))
        living = found[0][0].data_file
        delete = DataFile.from_args(
            content=content,
            file_path="delete.parquet",
            file_format=FileFormat.PARQUET,
            partition=living.partition,
        )
        delete.spec_id = living.spec_id
        yield from found
        yield [
            ManifestEntry.from_args(
                status=ManifestEntryStatus.ADDED, sequence_number=1_000, data_file=delete
            )
        ]

    monkeypatch.setattr(ManifestGroupPlanner, "plan_manifest_entries", with_deletes)
    with pytest.raises(StorageError, match=r"dim\.dim_user.*delete files"):
        users.lake.relation_sql(users.lake.snapshot(USERS), None)


def test_the_engine_knows_how_many_rows_there_are(users: LakeForTest) -> None:
    # Guessed from the first file it would be twice the 2 rows: joins would be turned around.
    many = f"SELECT users.* REPLACE (DATE '{SECOND}' AS dt) FROM ({USERS_SQL}) users, range(1000)"
    users.publish(SECOND, many)
    relation = users.lake.relation_sql(users.lake.snapshot(USERS), {FIRST: FIRST, SECOND: SECOND})
    plan = users.connection.execute(f"EXPLAIN SELECT * FROM ({relation})").fetchall()[0][1]
    assert "~6,002 rows" in plan
