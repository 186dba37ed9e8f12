"""A lake whose catalog is a REST service: the one that Iceberg tests its own clients against."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.exceptions import CommitStateUnknownException
from pyiceberg.table import Table

from resources.errors import SettingsError, StorageError
from resources.lake.catalog.catalog import commits_settle_at_once, create_table, open_catalog
from resources.lake.catalog.lake_identity import take_over
from resources.lake.catalog.service_catalog import service_properties
from resources.lake.catalog.table_locations import LakeElsewhere
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.lake.relocation.relocate import relocate
from resources.settings import SETTINGS_FILE, Settings
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    Row,
    data_files,
    files_in_history,
    open_lake,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.places import file_leases
from tests.lake.publish import children
from tests.lake.publish.merge.builders import merge, merge_of, rows_of
from tests.lake.publish.test_kill import BOTH, OLD
from tests.lake.publish.test_model import SEQUENCES, check_publishes

SHORT = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def empty_lake(rest_catalog: str, home: Path) -> Lake:
    """A lake in the service, of which nothing is left from other tests."""
    home.mkdir(parents=True, exist_ok=True)
    (home / SETTINGS_FILE).write_text(
        f"LEDGERLAKE_CATALOG_KIND=rest\nLEDGERLAKE_CATALOG_URI={rest_catalog}\n"
    )
    lake = open_lake(home)
    for identifier in lake.tables():
        open_catalog(lake.settings).drop_table(identifier)
    return lake


@pytest.fixture
def lake(rest_catalog: str, tmp_path: Path) -> Lake:
    """An empty lake."""
    return empty_lake(rest_catalog, tmp_path / "home")


@SHORT
@given(SEQUENCES)
def test_a_table_holds_what_a_dictionary_would(
    rest_catalog: str, sequence: list[tuple[Window, dict[date, list[Row]]]]
):
    with tempfile.TemporaryDirectory() as home:
        lake = empty_lake(rest_catalog, Path(home))
        check_publishes(open_lake(lake.settings.home, snapshots_kept=1), sequence)


def test_a_run_that_was_killed_is_cleaned_up_after(lake: Lake, processes: ForkServerContext):
    publish_orders(lake, BOTH, OLD)
    process = processes.Process(
        target=children.publish_and_die, args=(lake.settings.home, BOTH, 4, "publishing")
    )
    process.start()
    process.join(30)

    assert process.exitcode == -9
    assert read(lake) == sorted(OLD)
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    assert file_leases(lake) == []
    assert data_files(lake) == files_in_history(lake)


def test_a_table_that_was_made_but_never_published_is_made_anew(lake: Lake):
    made = create_table(lake.settings, ORDERS)
    again = create_table(lake.settings, ORDERS)

    assert lake.snapshot(ORDERS).table is None
    assert made.metadata.table_uuid != again.metadata.table_uuid
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    kept = create_table(lake.settings, ORDERS)
    assert kept.metadata.table_uuid == lake.snapshot(ORDERS).table.metadata.table_uuid
    assert read(lake) == order_rows(FIRST, 1)


@pytest.fixture
def losing_the_answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes the answer to the next commit get lost, which landed or did not."""
    real = RestCatalog.commit_table

    def lose(landed: bool) -> None:
        def commit_table(catalog: RestCatalog, table: Table, *arguments: Any) -> Any:
            monkeypatch.setattr(RestCatalog, "commit_table", real)
            if landed:
                real(catalog, table, *arguments)
            raise CommitStateUnknownException("504 from a gateway in between")

        monkeypatch.setattr(RestCatalog, "commit_table", commit_table)

    return lose


def test_a_lost_answer_to_a_commit_that_landed_is_a_success(lake: Lake, losing_the_answer):
    losing_the_answer(landed=True)
    publish_orders(lake, FIRST, order_rows(FIRST, 2))

    assert read(lake) == order_rows(FIRST, 2)
    assert file_leases(lake) == []


def test_a_lost_answer_to_a_commit_that_did_not_land_is_in_doubt_until_the_next_run(
    lake: Lake, losing_the_answer
):
    """The service may still be at work on it."""
    assert not commits_settle_at_once(lake.settings)
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    losing_the_answer(landed=False)
    with pytest.raises(StorageError, match="does not say whether it did"):
        publish_orders(lake, FIRST, order_rows(FIRST, 2))

    assert len(data_files(lake)) == 2
    publish_orders(lake, SECOND, [])
    assert read(lake) == order_rows(FIRST, 1)
    assert data_files(lake) == files_in_history(lake)
    assert file_leases(lake) == []


@pytest.mark.parametrize(
    ("kind", "uri"), [("rest", "http://127.0.0.1:1"), ("hive", "thrift://127.0.0.1:1")]
)
def test_a_service_that_does_not_answer(tmp_path: Path, kind: str, uri: str):
    lake = open_lake(tmp_path, catalog_kind=kind, catalog_uri=uri)

    with pytest.raises(StorageError, match="the catalog does not answer"):
        publish_orders(lake, FIRST, order_rows(FIRST, 1))


def test_settings_become_properties(tmp_path: Path):
    settings = Settings(
        home=tmp_path,
        catalog_kind="rest",
        catalog_uri="https://catalog:8181/api",
        catalog_password="token-of-the-service",
        catalog_warehouse="production",
        warehouse="s3://lake/warehouse",
    )

    assert service_properties(settings) == {
        "type": "rest",
        "uri": "https://catalog:8181/api",
        "warehouse": "production",
        "token": "token-of-the-service",
    }
    hive = Settings(
        home=tmp_path,
        catalog_kind="hive",
        catalog_uri="thrift://one:9083,thrift://two:9083",
        warehouse="s3://lake/warehouse",
    )
    assert service_properties(hive) == {
        "type": "hive",
        "uri": "thrift://one:9083,thrift://two:9083",
        "warehouse": "s3://lake/warehouse",
    }


@pytest.mark.parametrize(
    ("kind", "uri", "what"),
    [
        ("rest", None, "no address"),
        ("rest", "thrift://host:9083", "no address"),
        ("hive", "host:9083", "no address"),
        ("rest", "https://user:secret-word@host", "holds a password"),
    ],
)
def test_addresses_that_are_refused(tmp_path: Path, kind: str, uri: str | None, what: str):
    with pytest.raises(SettingsError, match=what) as refused:
        open_catalog(Settings(home=tmp_path, catalog_kind=kind, catalog_uri=uri))

    assert "secret-word" not in str(refused.value)


def test_a_copied_lake_touches_nothing_of_the_original(lake: Lake, tmp_path: Path):
    """The service says for both where the tables are: in the original."""
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    shutil.copytree(lake.settings.home, tmp_path / "copy")
    copy = open_lake(tmp_path / "copy")
    before = {path: path.read_bytes() for path in lake.settings.home.rglob("*.parquet")}

    for attempt in (
        lambda: copy.snapshot(ORDERS),
        lambda: publish_orders(copy, FIRST, order_rows(FIRST, 5)),
        lambda: merge(copy, merge_of(rows_of("O1", 1))),  # a table that is not there yet
        lambda: copy.maintain(ORDERS),
        lambda: relocate(copy.settings),
    ):
        with pytest.raises(LakeElsewhere, match=r"copied, or moved|are a copy"):
            attempt()
    with pytest.raises(LakeElsewhere, match="LEDGERLAKE_CATALOG_URI"):
        relocate(copy.settings)
    assert {path: path.read_bytes() for path in before} == before
    assert lake.tables() == [("fact", "dwd_order")]
    assert read(lake) == order_rows(FIRST, 2)
    publish_orders(lake, FIRST, order_rows(FIRST, 1))


def test_a_second_service_over_the_same_files_is_refused_until_it_takes_over(
    rest_catalog: str, lake: Lake, tmp_path: Path
):
    """Its maintenance would delete what the first refers to."""
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    given = {"catalog_kind": "rest", "warehouse": lake.settings.warehouse_location}
    other = open_lake(tmp_path / "other", catalog_uri=f"{rest_catalog}/", **given)

    for attempt in (lambda: publish_orders(other, SECOND, []), lambda: other.maintain(ORDERS)):
        with pytest.raises(LakeElsewhere, match="belongs to another catalog"):
            attempt()
    with pytest.raises(LakeElsewhere, match="take-over"):
        relocate(other.settings)
    take_over(other.settings)
    assert [each.moved for each in relocate(other.settings)] == [False]
    publish_orders(other, SECOND, order_rows(SECOND, 1))
    with pytest.raises(LakeElsewhere, match="belongs to another catalog"):
        publish_orders(open_lake(lake.settings.home), FIRST, [])
