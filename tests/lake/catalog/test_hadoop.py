"""A lake whose catalog is nothing but files, which Iceberg's own HadoopCatalog reads too."""

from __future__ import annotations

import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceNotEmptyError,
    NoSuchNamespaceError,
    NoSuchTableError,
)

from resources.errors import SettingsError
from resources.lake.catalog.catalog import commits_settle_at_once, create_table, open_catalog
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import SETTINGS_FILE, Settings
from tests.lake.builders import (
    FIRST,
    ORDERS,
    Row,
    data_files,
    files_in_history,
    folder_of,
    open_lake,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.catalog.rest_service.rest_service import RestServices
from tests.lake.publish import children
from tests.lake.publish.test_kill import BOTH, NEW, OLD, leases
from tests.lake.publish.test_model import SEQUENCES, check_publishes


def hadoop_lake(home: Path, warehouse: Path | None = None, **settings: object) -> Lake:
    """An empty lake, which any process may open."""
    home.mkdir(parents=True, exist_ok=True)
    lines = ["LEDGERLAKE_CATALOG_KIND=hadoop"]
    lines += [f"LEDGERLAKE_WAREHOUSE={warehouse}"] if warehouse else []
    (home / SETTINGS_FILE).write_text("\n".join(lines))
    return open_lake(home, **settings)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return hadoop_lake(tmp_path / "home")


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEQUENCES)
def test_a_table_holds_what_a_dictionary_would(
    sequence: list[tuple[Window, dict[date, list[Row]]]],
):
    with tempfile.TemporaryDirectory() as home:
        check_publishes(hadoop_lake(Path(home), snapshots_kept=1), sequence)


def test_killed_at_any_moment(lake: Lake, processes: ForkServerContext):
    publish_orders(lake, BOTH, OLD)
    began = time.perf_counter()
    publish_orders(lake, BOTH, OLD)
    longest_delay = 3 * (time.perf_counter() - began)
    chance = random.Random(20260301)
    for _ in range(4):
        mine, theirs = processes.Pipe(duplex=False)
        process = processes.Process(
            target=children.publish_until_killed, args=(theirs, lake.settings.home, BOTH, 4)
        )
        process.start()
        assert mine.poll(30)
        time.sleep(chance.uniform(0.0, longest_delay))
        process.kill()
        process.join(10)

        assert read(lake) in (sorted(OLD), sorted(NEW))
        publish_orders(lake, BOTH, OLD)
        assert read(lake) == sorted(OLD)
        assert leases(lake) == []
        assert data_files(lake) == files_in_history(lake)


def test_icebergs_own_catalog_reads_the_table_and_commits_to_it(
    services: RestServices, tmp_path: Path
):
    """Java's HadoopCatalog is behind the service."""
    lake = hadoop_lake(tmp_path, services.hadoop_warehouse)
    for count in range(1, 4):
        publish_orders(lake, FIRST, order_rows(FIRST, count))
    java = load_catalog("java", type="rest", uri=services.over_hadoop)

    assert java.list_namespaces() == [("fact",)]
    assert java.list_tables("fact") == [("fact", "dwd_order")]
    seen = java.load_table(("fact", "dwd_order"))
    table = lake.snapshot(ORDERS).table
    assert table is not None
    assert seen.metadata == table.metadata
    assert seen.scan().to_arrow().num_rows == 3

    seen.transaction().set_properties({"by": "java"}).commit_transaction()
    table = lake.snapshot(ORDERS).table
    assert table is not None
    assert table.properties["by"] == "java"
    publish_orders(lake, FIRST, order_rows(FIRST, 5))
    seen.refresh()
    assert seen.scan().to_arrow().num_rows == 5


def test_of_commits_at_once_none_is_lost(lake: Lake):
    """Without any lock of ours: the name of the next version is taken once."""
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    catalog = open_catalog(lake.settings)

    def commit(writer: int) -> None:
        for number in range(5):
            while True:
                table = catalog.load_table(("fact", "dwd_order"))
                try:
                    with table.transaction() as transaction:
                        transaction.set_properties({f"{writer}.{number}": "landed"})
                    break
                except CommitFailedException:
                    continue

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(commit, range(4)))

    properties = catalog.load_table(("fact", "dwd_order")).properties
    assert sum(value == "landed" for value in properties.values()) == 20


@pytest.mark.parametrize("hint", [None, "", "1", "999"])
def test_a_hint_that_is_missing_or_wrong_misleads_nobody(lake: Lake, hint: str | None):
    for count in range(1, 4):
        publish_orders(lake, FIRST, order_rows(FIRST, count))
    path = folder_of(lake) / "metadata" / "version-hint.text"
    assert path.read_text() == "4"
    if hint is None:
        path.unlink()
    else:
        path.write_text(hint)

    assert len(read(lake)) == 3
    publish_orders(lake, FIRST, order_rows(FIRST, 4))
    assert len(read(lake)) == 4


def test_maintenance_keeps_what_the_catalog_is_made_of(tmp_path: Path):
    lake = hadoop_lake(tmp_path, snapshots_kept=1, orphan_hours=0)
    for count in range(1, 15):
        publish_orders(lake, FIRST, order_rows(FIRST, count))
    lake.maintain(ORDERS)
    lake.maintain(ORDERS)

    assert len(read(lake)) == 14
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    assert len(read(lake)) == 1
    assert data_files(lake) == files_in_history(lake)


def test_a_table_that_was_made_but_never_published_is_made_anew(lake: Lake):
    made = create_table(lake.settings, ORDERS)
    again = create_table(lake.settings, ORDERS)

    assert made.metadata.table_uuid != again.metadata.table_uuid
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    assert create_table(lake.settings, ORDERS).metadata.current_snapshot_id is not None
    assert read(lake) == order_rows(FIRST, 1)


def test_namespaces_are_folders(lake: Lake):
    catalog = open_catalog(lake.settings)
    assert (lake.tables(), catalog.list_namespaces()) == ([], [])
    with pytest.raises(NoSuchNamespaceError):
        catalog.list_tables("fact")
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    catalog.create_namespace("ads")

    assert lake.tables() == [("fact", "dwd_order")]
    assert catalog.list_namespaces() == [("ads",), ("fact",)]
    with pytest.raises(NamespaceNotEmptyError):
        catalog.drop_namespace("fact")
    catalog.drop_namespace("ads")
    assert catalog.list_namespaces() == [("fact",)]
    with pytest.raises(NoSuchTableError):
        catalog.load_table(("fact", "dwd_user"))
    with pytest.raises(ValueError, match="cannot be the name of a folder"):
        catalog.load_table(("fact", "../dwd_order"))


def test_a_commit_settles_at_once(lake: Lake):
    assert commits_settle_at_once(lake.settings)


def test_an_object_store_is_refused_with_the_reason(tmp_path: Path):
    settings = Settings(
        home=tmp_path,
        catalog_kind="hadoop",
        warehouse="s3://lake/warehouse",
        s3_access_key_id="key",
        s3_secret_access_key="secret",
    )
    with pytest.raises(SettingsError, match="overwrites another's commit") as refused:
        open_catalog(settings)

    assert "LEDGERLAKE_CATALOG_KIND=sql" in str(refused.value.next_step)
