"""A table of users with days to read, in a lake with a session."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.model.window import Window
from resources.lake.read.table_snapshot import TableSnapshot

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


def iceberg_rows(snapshot: TableSnapshot) -> list[tuple[object, ...]]:
    """The same rows as pyiceberg reads them, in the contract's columns."""
    assert snapshot.table is not None
    rows = snapshot.table.scan(snapshot_id=snapshot.snapshot_id).to_arrow().to_pylist()
    names = [column.name for column in snapshot.spec.columns]
    return [tuple(row[name] for name in names) for row in rows]


def in_order(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted(rows, key=repr)
