"""Every table of the warehouse is to Iceberg's own library what it is to DuckDB."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.sample_shop.sample_lake import SAMPLE_DAYS
from resources.lake.catalog.catalog import open_catalog
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.java_reader.comparison import assert_same_as_duckdb
from tests.java_reader.conftest import open_in_java
from tests.java_reader.java_reader import JavaCatalog, JavaProcess
from tests.lake.builders import open_lake
from tests.servers.postgres import PostgresDatabase
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

WAREHOUSE = load_warehouse()


@pytest.fixture(scope="module")
def whole_database(server: PostgresDatabase) -> PostgresDatabase:
    return server.new_database()


@pytest.fixture(scope="module")
def whole_lake(
    whole_database: PostgresDatabase, sample: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Lake:
    """The sample lake's tables as they are, in a catalog in PostgreSQL."""
    lake = open_lake(
        tmp_path_factory.mktemp("home"),
        warehouse=sample.warehouse_location,
        **whole_database.settings(),
    )
    embedded, catalog = open_catalog(sample), open_catalog(lake.settings)
    for namespace, name in Lake(sample).tables():
        catalog.create_namespace_if_not_exists(namespace)
        metadata = embedded.load_table((namespace, name)).metadata_location
        catalog.register_table((namespace, name), metadata)
    return lake


@pytest.fixture(scope="module")
def whole_reader(
    java: JavaProcess, whole_database: PostgresDatabase, whole_lake: Lake
) -> JavaCatalog:
    return open_in_java(java, whole_database, whole_lake)


def test_it_shows_every_table(whole_reader: JavaCatalog):
    expected = [(table.spec.namespace, table.name) for table in WAREHOUSE.tables.values()]

    assert whole_reader.tables() == sorted(expected)


@pytest.mark.parametrize("name", sorted(WAREHOUSE.tables))
def test_types_and_rows_are_those_that_duckdb_reads(
    name: str, whole_reader: JavaCatalog, whole_lake: Lake
):
    spec = WAREHOUSE.table(name).spec
    table = whole_reader.read(spec)

    assert_same_as_duckdb(table, whole_lake, spec)
    assert table.snapshot == whole_lake.snapshot(spec).snapshot_id
    assert table.partitioned_by == ((spec.partition_column,) if spec.partition_column else ())


def test_one_day_is_read_from_the_files_of_that_day_alone(
    whole_reader: JavaCatalog, whole_lake: Lake
):
    spec = WAREHOUSE.table("dwd_order_detail").spec
    for day in SAMPLE_DAYS:
        table = whole_reader.read(spec, day=day)
        assert_same_as_duckdb(table, whole_lake, spec, day=day)
        assert table.data_files == 1
        assert table.rows


def test_a_catalog_of_another_name_is_empty(
    java: JavaProcess, whole_database: PostgresDatabase, whole_lake: Lake
):
    """Rows of the catalog are kept by its name: why StarRocks must call it as the lake does."""
    assert open_in_java(java, whole_database, whole_lake, name="finance").tables() == []


def test_merging_tables_read_the_same_after_a_day_was_merged_in(
    java: JavaProcess, database: PostgresDatabase, sample: Settings, tmp_path: Path
):
    """Orders and users change after their first version: the second run takes rows out."""
    lake = open_lake(
        tmp_path / "home",
        landing=sample.landing_folder,
        first_date=sample.first_date,
        time_zone=sample.time_zone,
        **database.settings(),
    )
    first_days = Window(SAMPLE_DAYS.start, SAMPLE_DAYS.last)
    for window in (first_days, Window.of_day(SAMPLE_DAYS.last)):
        for name in ("ods_order", "ods_user", "dwd_order_state", "dim_user_history"):
            table = WAREHOUSE.table(name)
            run_window = window if table.partition_column else None
            TableRun(table, run_window, "run", WAREHOUSE, lake, lake.settings).publish()

    reader = open_in_java(java, database, lake)
    for name in ("dwd_order_state", "dim_user_history"):
        spec = WAREHOUSE.table(name).spec
        table = reader.read(spec)
        assert_same_as_duckdb(table, lake, spec)
        assert table.delete_files > 0
