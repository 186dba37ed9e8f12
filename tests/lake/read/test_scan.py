"""Reading a snapshot: the same rows as any Iceberg reader gives, or an error; never half."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from duckdb import DuckDBPyConnection
from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    FileFormat,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
)
from pyiceberg.table import ManifestGroupPlanner

from resources.errors import StorageError
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.settings import Settings
from tests.lake.read.builders import FOURTH, USERS, USERS_SQL, LakeForTest, iceberg_rows, in_order
from tests.lake.write.builders import FIRST, SECOND, THIRD


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
