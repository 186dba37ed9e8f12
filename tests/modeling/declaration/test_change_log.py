"""A table says how its versions are told apart; its readers' latest() goes by that."""

from __future__ import annotations

from datetime import date

import dagster as dg
import pytest

from resources.settings import Settings
from tests.modeling.conftest import DWD, ORDERS, WriteWarehouse, changed, line_of
from warehouse_assets.modeling import (
    as_of_day,
    first_delivered,
    following,
    history,
    latest,
    trailing,
    whole_table,
)
from warehouse_assets.modeling.declaration.windows import ReadWindow
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.sql.code_version import code_version
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.lake_resource import LakeResource

LOG = 'change_log=change_log(key=("order_no",), sequence="ordered_at"'
LOGGED = changed(
    ORDERS, 'owner="team:trade"', f'owner="team:trade",\n    {LOG}, event_time="ordered_at")'
)
FOLLOWING = changed(DWD, "same_day()", "latest(following(days=2))")

# (what is wrong, the log's module, its reader's, whose line the error names, text on it, words)
MISTAKES = {
    "no log": (ORDERS, FOLLOWING, '"ods_order"', ["declares no change_log"]),
    "no event time": (
        changed(LOGGED, ', event_time="ordered_at"', ""),
        FOLLOWING,
        '"ods_order"',
        ["latest(following(days=2))", "no event_time"],
    ),
}
UNDATED = changed(
    changed(LOGGED, 'column("When it was ordered")', 'column("When it was paid", null=True)'),
    "ordered_at: Timestamp",
    'begun_at: Timestamp = column("When it began")\n    ordered_at: Timestamp',
)
UNDATED = changed(UNDATED, 'sequence="ordered_at"', 'sequence="begun_at"')
MISTAKES |= {
    "event time that may be null": (
        UNDATED,
        FOLLOWING,
        '"ods_order"',
        ["no row whose ordered_at is null", 'event_time="begun_at"', 'undated="left out"'],
    ),
    "another event time that is none": (
        UNDATED,
        changed(DWD, "same_day()", 'latest(following(days=2), event_time="begn_at")'),
        '"ods_order"',
        ["begn_at is no instant of ods_order", "Did you mean begun_at?"],
    ),
}
MISTAKES |= {
    "a version for each of no column": (
        LOGGED,
        changed(DWD, "same_day()", 'latest(following(days=2), per=["pay_amont"])'),
        '"pay_amont"',
        ["pay_amont is no column", "Did you mean pay_amount?"],
    ),
}
MISTAKES_OF_LOGS = {
    "unknown key": ('("order_no",)', '("order_nr",)', ["order_nr", "Did you mean order_no?"]),
    "no key": ('("order_no",)', "()", ["empty key"]),
    "unknown sequence": (
        'sequence="ordered_at"',
        'sequence="orderd_at"',
        ["sequence", "orderd_at"],
    ),
    "unknown event time": (
        'event_time="ordered_at"',
        'event_time="at"',
        ["event_time", "no column"],
    ),
    "event time that is no instant": (
        'event_time="ordered_at"',
        'event_time="order_no"',
        ["event_time", "no instant"],
    ),
    "sequence that may be null": (
        'column("When it was ordered"',
        'column("When it was ordered", null=True',
        ["sequence", "may be null"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_log_that_does_not_do_for_its_reader_is_an_error(
    mistake: str, write_warehouse: WriteWarehouse
) -> None:
    log, reader, on_line, words = MISTAKES[mistake]
    with pytest.raises(LoadError) as raised:
        write_warehouse({"ods/ods_order": log, "fact/dwd_order": reader})
    text = str(raised.value)
    assert f"fact/dwd_order.py:{line_of(reader, on_line)}: dwd_order: reads ods_order" in text
    assert all(word in text for word in words)


@pytest.mark.parametrize("mistake", MISTAKES_OF_LOGS)
def test_a_log_that_does_not_fit_its_columns_is_an_error(
    mistake: str, write_warehouse: WriteWarehouse
) -> None:
    old, new, words = MISTAKES_OF_LOGS[mistake]
    with pytest.raises(LoadError) as raised:
        write_warehouse({"ods/ods_order": changed(LOGGED, old, new)})
    text = str(raised.value)
    assert f"ods/ods_order.py:{line_of(LOGGED, 'change_log=')}: ods_order: " in text
    assert all(word in text for word in words)


@pytest.mark.parametrize("window", [whole_table(), as_of_day(max_age_days=1), latest(history())])
def test_there_is_no_latest_of_a_window_that_gives_rows_no_date_of_their_own(
    window: ReadWindow,
) -> None:
    with pytest.raises(ValueError, match="choose following, history, trailing or same_day"):
        latest(window)


@pytest.mark.parametrize("said", ['event_time="begun_at"', 'undated="left out"'])
def test_a_reader_says_what_becomes_of_rows_without_an_event_time(
    said: str, write_warehouse: WriteWarehouse
) -> None:
    reader = changed(DWD, "same_day()", f"latest(following(days=2), {said})")
    warehouse = write_warehouse({"ods/ods_order": UNDATED, "fact/dwd_order": reader})
    name = warehouse.table("dwd_order").reads["ods_order"].name
    assert name == f"latest(following(days=2), {said})".replace('"', "'")


def test_a_date_that_the_window_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="go with following"):
        latest(history(), event_time="paid_at")
    with pytest.raises(ValueError, match="go with following"):
        latest(following(days=2), event_time="paid_at", by="day")
    with pytest.raises(ValueError, match='by="day" goes with following'):
        latest(history(), by="day")
    with pytest.raises(ValueError, match='by="delivery" goes with trailing'):
        latest(following(days=2), by="delivery")
    with pytest.raises(ValueError, match="only history"):
        first_delivered(trailing(days=2))


def test_a_log_without_event_time_is_known_later_by_day(write_warehouse: WriteWarehouse) -> None:
    log = changed(LOGGED, ', event_time="ordered_at"', "")
    reader = changed(DWD, "same_day()", 'latest(following(days=2), by="day")')
    assert write_warehouse({"ods/ods_order": log, "fact/dwd_order": reader}).table("dwd_order")


def test_days_before_the_run_may_be_asked_of_deliveries_only(
    write_warehouse: WriteWarehouse,
) -> None:
    def reader(window: str) -> str:
        early = changed(DWD, "WHERE o.dt >= :start", "WHERE o.dt >= :start - INTERVAL 1 DAY")
        return changed(early, "same_day()", window)

    allowed = reader('latest(trailing(days=2), by="delivery")')
    assert write_warehouse({"ods/ods_order": LOGGED, "fact/dwd_order": allowed})
    refused = reader("latest(trailing(days=2))")
    with pytest.raises(LoadError, match="asks ods_order for 1 day before"):
        write_warehouse({"ods/ods_order": LOGGED, "fact/dwd_order": refused})


def test_a_reader_is_new_code_when_its_log_says_something_else(
    write_warehouse: WriteWarehouse,
) -> None:
    def version_with(log: str) -> str:
        warehouse = write_warehouse({"ods/ods_order": log, "fact/dwd_order": FOLLOWING})
        return code_version(warehouse.table("dwd_order"))

    keyed_otherwise = changed(LOGGED, '("order_no",)', '("pay_amount",)')
    assert version_with(LOGGED) == version_with(LOGGED)
    assert version_with(LOGGED) != version_with(keyed_otherwise)


def test_partitions_are_mapped_by_the_window_inside(write_warehouse: WriteWarehouse) -> None:
    warehouse = write_warehouse({"ods/ods_order": LOGGED, "fact/dwd_order": FOLLOWING})
    settings = Settings(first_date=date(2026, 1, 1))
    graph = dg.Definitions(
        assets=table_assets(warehouse, settings), resources={"lake": LakeResource()}
    ).resolve_asset_graph()
    node = graph.get(dg.AssetKey("dwd_order"))
    mapping = node.partition_mappings[dg.AssetKey("ods_order")]
    assert isinstance(mapping, dg.TimeWindowPartitionMapping)
    assert (mapping.start_offset, mapping.end_offset) == (0, 2)
    assert "- `ods_order`: latest(following(days=2))" in (node.description or "")
