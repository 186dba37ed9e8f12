"""A small table, ways to publish to it, and ways to look at what is really on disk."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from resources.duckdb.s3 import reach_s3, s3_access
from resources.lake.catalog.catalog import table_location
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec, Rule, TableSpec
from resources.lake.model.window import Window
from resources.lake.publish.table_write import OnStage, Published
from resources.lake.read.table_snapshot import TableSnapshot
from resources.lake.storage.object_store import file_io
from resources.lake.storage.table_files import list_files
from resources.settings import SETTINGS_FILE, Settings

FIRST = date(2026, 3, 1)
SECOND = date(2026, 3, 2)
THIRD = date(2026, 3, 3)

Row = tuple[int, Decimal | None, date]

ORDERS = TableSpec(
    namespace="fact",
    name="dwd_order",
    doc="Orders of a business date.",
    columns=(
        ColumnSpec("order_id", "BIGINT", "Order."),
        ColumnSpec("pay_amount", "DECIMAL(18,2)", "What was paid, in currency.", nullable=True),
        ColumnSpec("dt", "DATE", "Business date."),
    ),
    partition_column="dt",
    key=("order_id",),
    sort_by=("order_id",),
    rules=(
        Rule(
            name="pay_amount_not_negative",
            check="minimum",
            expression="pay_amount >= 0",
            column="pay_amount",
            minimum="0",
        ),
    ),
)

CITIES = TableSpec(
    namespace="dim",
    name="dim_city",
    doc="Cities, replaced whole.",
    columns=(
        ColumnSpec("city_id", "BIGINT", "City."),
        ColumnSpec("city_name", "VARCHAR", "Its name."),
    ),
    key=("city_id",),
)


def context(run_id: str = "run-1") -> PublishContext:
    """What a run would say of itself."""
    return PublishContext(run_id=run_id, code_version="version-1")


def order_rows(day: date, count: int, amount: str = "1.25", start: int = 1) -> list[Row]:
    """`count` orders of the day, numbered from `start`."""
    return [(start + number, Decimal(amount), day) for number in range(count)]


def select_of(rows: Iterable[Row]) -> str:
    """The rows as a SELECT; typed also when there are none."""
    columns = "CAST(a AS BIGINT) AS order_id, CAST(b AS DECIMAL(18,2)) AS pay_amount, "
    columns += "CAST(c AS DATE) AS dt"
    values = ", ".join(
        f"({number}, {'NULL' if amount is None else amount}, '{day}')"
        for number, amount, day in rows
    )
    if not values:
        return f"SELECT {columns} FROM (VALUES (1, 1, '2026-01-01')) AS v(a, b, c) WHERE false"
    return f"SELECT {columns} FROM (VALUES {values}) AS v(a, b, c)"


@contextmanager
def open_engine(lake: Lake) -> Generator[DuckDBPyConnection]:
    """An engine within reach of the lake's files."""
    with duckdb.connect(config={"threads": 1}) as connection:
        if (access := s3_access(lake.settings)) is not None:
            reach_s3(connection, access)
        yield connection


def publish_orders(
    lake: Lake,
    window: Window | date,
    rows: Iterable[Row],
    run_id: str = "run-1",
    spec: TableSpec = ORDERS,
    base: TableSnapshot | None = None,
    on_stage: OnStage | None = None,
) -> Published:
    """Publish the rows as the window's orders, with an engine of its own."""
    window = Window.of_day(window) if isinstance(window, date) else window
    with open_engine(lake) as connection:
        return lake.publish(
            spec, window, select_of(rows), connection, context(run_id), base, on_stage
        )


def publish_sql(lake: Lake, spec: TableSpec, window: Window | None, select_sql: str) -> Published:
    """Publish what a SELECT gives."""
    with open_engine(lake) as connection:
        return lake.publish(spec, window, select_sql, connection, context())


def read(
    lake: Lake, spec: TableSpec = ORDERS, snapshot: TableSnapshot | None = None
) -> list[tuple[object, ...]]:
    """Every row of the table as it is now, or as it was pinned, in order."""
    relation = lake.relation_sql(snapshot or lake.snapshot(spec), None)
    with _reader(lake) as connection:
        return connection.sql(f"SELECT * FROM ({relation}) ORDER BY ALL").fetchall()


@contextmanager
def _reader(lake: Lake) -> Generator[DuckDBPyConnection]:
    """An engine for one SELECT: of lakes on this machine all have the same, which is open."""
    if s3_access(lake.settings) is None:
        with _local_engine().cursor() as connection:
            yield connection
    else:
        with open_engine(lake) as connection:
            yield connection


@cache
def _local_engine() -> DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1, "enable_external_file_cache": False})


def folder_of(lake: Lake, spec: TableSpec = ORDERS) -> Path:
    """The table's folder."""
    return Path(lake.settings.warehouse_location) / spec.namespace / spec.name


def data_files(lake: Lake, spec: TableSpec = ORDERS) -> set[str]:
    """Every data file in storage."""
    folder = f"{table_location(lake.settings, spec)}/data"
    return {file.location for file in list_files(folder, file_io(lake.settings))}


def files_in_snapshot(lake: Lake, spec: TableSpec = ORDERS) -> set[str]:
    """Every data file that the table's current snapshot refers to."""
    table = lake.snapshot(spec).table
    return {task.file.file_path for task in table.scan().plan_files()} if table else set()


def files_in_history(lake: Lake, spec: TableSpec = ORDERS) -> set[str]:
    """Every data file that any kept snapshot refers to."""
    table = lake.snapshot(spec).table
    return {
        task.file.file_path
        for snapshot in (table.snapshots() if table else [])
        for task in table.scan(snapshot_id=snapshot.snapshot_id).plan_files()
    }


def metadata_location(lake: Lake, spec: TableSpec = ORDERS) -> str | None:
    """The current metadata file: as long as it is the same, nothing was committed."""
    table = lake.snapshot(spec).table
    return table.metadata_location if table else None


def open_lake(home: Path, **settings: object) -> Lake:
    """The lake in `home`, with the settings of its own `settings.env` if it has one."""
    return Lake(Settings(home=home, threads=1, _env_file=home / SETTINGS_FILE, **settings))
