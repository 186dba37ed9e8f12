"""The stand-in shows the lake as the known facts about StarRocks say: as it was cached."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st

from resources.lake.catalog.catalog import open_catalog
from resources.lake.lake import Lake
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.model.window import Window
from tests.lake.builders import (
    CITIES,
    FIRST,
    ORDERS,
    SECOND,
    open_lake,
    order_rows,
    publish_orders,
    publish_sql,
)
from tests.starrocks.stand_in.small_lake import (
    COUNT_ORDERS,
    ORDER_TABLE,
    REFRESH_ORDERS,
    client_of,
    lake_of_three_orders,
)
from tests.starrocks_stand_in import StandIn
from tests.starrocks_stand_in.wire_client import WireClient


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Three orders of one day."""
    return lake_of_three_orders(tmp_path / "home")


@pytest.fixture
def stand_in(lake: Lake) -> Generator[StandIn]:
    """One front end over the lake, set up."""
    with StandIn.start(lake.settings) as stand_in:
        yield stand_in


@pytest.fixture
def client(stand_in: StandIn) -> Generator[WireClient]:
    """A connection of the service user."""
    with client_of(stand_in) as client:
        yield client


ACTIONS = st.lists(st.sampled_from(["publish", "refresh", "read 0", "read 1"]), max_size=8)


@given(actions=ACTIONS)
@settings(max_examples=5, deadline=None)
def test_each_front_end_shows_what_it_read_first_until_any_of_them_refreshes(
    actions: list[str],
) -> None:
    """Against a model: published rows, and what each front end has cached of them."""
    with TemporaryDirectory() as home:
        lake = open_lake(Path(home))
        days = [FIRST]
        publish_orders(lake, FIRST, order_rows(FIRST, 1))
        cached: dict[int, int] = {}
        with (
            StandIn.start(lake.settings, front_ends=2) as stand_in,
            client_of(stand_in, 0) as first,
            client_of(stand_in, 1) as second,
        ):
            for action in [*actions, "read 0", "read 1"]:
                if action == "publish":
                    days.append(days[-1] + timedelta(days=1))
                    publish_orders(lake, days[-1], order_rows(days[-1], 1))
                elif action == "refresh":
                    first.rows(REFRESH_ORDERS)
                    cached = {0: len(days), 1: len(days)}
                else:
                    number = int(action[-1])
                    expected = cached.setdefault(number, len(days))
                    reader = (first, second)[number]
                    assert reader.value(COUNT_ORDERS) == expected
                    assert len(reader.rows(f"SELECT * FROM {_metadata('snapshots')}")) == expected


def _metadata(kind: str) -> str:
    return f"`ledgerlake`.`fact`.`dwd_order${kind}`"


def test_metadata_tables_tell_of_the_state_that_is_cached(lake: Lake, client: WireClient) -> None:
    latest = f"SELECT snapshot_id FROM {_metadata('snapshots')} ORDER BY committed_at DESC LIMIT 1"
    before = lake.snapshot(ORDERS).snapshot_id
    assert client.value(latest) == before

    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    assert client.value(latest) == before

    client.rows(REFRESH_ORDERS)
    after = lake.snapshot(ORDERS).snapshot_id
    assert client.value(latest) == after
    main = f"SELECT name, type, snapshot_id FROM {_metadata('refs')}"
    assert client.rows(main) == [("main", "BRANCH", after)]
    partitions = f"SELECT partition_value, record_count FROM {_metadata('partitions')} ORDER BY 1"
    counts = [('{"dt": "2026-03-01"}', 3), ('{"dt": "2026-03-02"}', 2)]
    assert client.rows(partitions) == counts
    by_day = f"SELECT `dt`, COUNT(*) FROM {ORDER_TABLE} GROUP BY `dt` ORDER BY `dt`"
    assert client.rows(by_day) == [(FIRST, 3), (SECOND, 2)]


def test_rows_come_in_the_types_of_mysql(lake: Lake, client: WireClient) -> None:
    spec = TableSpec(
        "ads",
        "ads_types",
        "One row.",
        (
            ColumnSpec("whole", "BIGINT", "A number."),
            ColumnSpec("money", "DECIMAL(18,2)", "An amount."),
            ColumnSpec("word", "VARCHAR", "A word."),
            ColumnSpec("is_so", "BOOLEAN", "A truth."),
            ColumnSpec("at", "TIMESTAMP WITH TIME ZONE", "An instant."),
            ColumnSpec("nothing", "DOUBLE", "Nothing.", nullable=True),
            ColumnSpec("dt", "DATE", "The day."),
        ),
        partition_column="dt",
    )
    select = (
        "SELECT 7::BIGINT AS whole, 1.20::DECIMAL(18,2) AS money, 'it''s' AS word, true AS is_so, "
        "TIMESTAMPTZ '2026-03-01 01:30:00+00' AS at, NULL::DOUBLE AS nothing, "
        "DATE '2026-03-01' AS dt"
    )
    publish_sql(lake, spec, Window.of_day(FIRST), select)
    (row,) = client.rows("SELECT * FROM `ledgerlake`.`ads`.`ads_types` WHERE word = 'it''s'")
    *values, at, nothing, day = row
    assert values == [7, Decimal("1.20"), "it's", 1]
    # Instants are shown in the cluster's zone, which is the lake's: eight hours on.
    assert (at.isoformat(), nothing, day) == ("2026-03-01T09:30:00", None, FIRST)


def test_joins_and_names_within_a_statement_are_understood(lake: Lake, client: WireClient) -> None:
    publish_sql(lake, CITIES, None, "SELECT 1::BIGINT AS city_id, 'Delft' AS city_name")
    statement = (
        f"WITH paid AS (SELECT order_id, pay_amount FROM {ORDER_TABLE} WHERE dt = '2026-03-01') "
        "SELECT c.city_name, IFNULL(p.pay_amount, 0) FROM paid AS p "
        "LEFT JOIN `ledgerlake`.`dim`.`dim_city` AS c ON c.city_id = p.order_id "
        "ORDER BY p.order_id"
    )
    amount = Decimal("1.25")
    assert client.rows(statement) == [("Delft", amount), (None, amount), (None, amount)]


def test_a_table_made_anew_shows_after_a_refresh(lake: Lake, client: WireClient) -> None:
    assert client.value(COUNT_ORDERS) == 3
    open_catalog(lake.settings).drop_table(("fact", "dwd_order"))
    # The cached table hides that it is gone; the refresh finds out and says nothing.
    client.rows(REFRESH_ORDERS)
    assert client.error(REFRESH_ORDERS) == (5502, "Unknown table 'dwd_order'")
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    assert client.value(COUNT_ORDERS) == 1


def test_a_query_fails_when_files_of_the_cached_snapshot_are_gone(
    lake: Lake, client: WireClient
) -> None:
    assert client.value(COUNT_ORDERS) == 3
    for file in (lake.settings.home / "warehouse").rglob("*.parquet"):
        file.unlink()
    number, _ = client.error(COUNT_ORDERS)
    assert number == 1064
    publish_orders(lake, FIRST, order_rows(FIRST, 4))
    assert client.error(COUNT_ORDERS)[0] == 1064
    client.rows(REFRESH_ORDERS)
    assert client.value(COUNT_ORDERS) == 4


def test_information_schema_lists_the_tables_of_a_catalog(client: WireClient) -> None:
    tables = "SELECT table_schema, table_name FROM `ledgerlake`.information_schema.tables"
    assert client.rows(tables) == [("fact", "dwd_order")]
    columns = (
        "SELECT column_name FROM `ledgerlake`.information_schema.columns "
        "WHERE table_name = 'dwd_order' ORDER BY ordinal_position"
    )
    assert [name for (name,) in client.rows(columns)] == [c.name for c in ORDERS.columns]


def test_a_front_end_may_reload_by_itself_but_the_first_reader_sees_the_old_rows(
    lake: Lake,
) -> None:
    with (
        StandIn.start(lake.settings, reload_seconds=0.05) as stand_in,
        client_of(stand_in) as client,
    ):
        assert client.value(COUNT_ORDERS) == 3
        publish_orders(lake, SECOND, order_rows(SECOND, 1))
        time.sleep(0.06)
        assert [client.value(COUNT_ORDERS) for _ in range(2)] == [3, 4]


def test_a_lake_with_two_tables_of_one_name_keeps_them_apart(
    lake: Lake, client: WireClient
) -> None:
    other = replace(ORDERS, namespace="ads")
    publish_orders(lake, date(2026, 4, 1), order_rows(date(2026, 4, 1), 5), spec=other)
    both = f"SELECT (SELECT COUNT(*) FROM `ledgerlake`.`ads`.`dwd_order`), ({COUNT_ORDERS})"
    assert client.rows(both) == [(5, 3)]
