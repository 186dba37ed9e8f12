"""Events stored together are, row for row, what Dagster's own storage makes of them one by one."""

import json
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster import EventLogEntry

from warehouse_assets.orchestration.dagster_internals import SqliteEventLogStorage
from warehouse_assets.orchestration.instance.event_batches import evaluation_of, is_stored_together
from warehouse_assets.orchestration.instance.event_storage import PooledEventLog

DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"]
_CLOCK = "create_timestamp"


@pytest.fixture(scope="module")
def events() -> list[EventLogEntry]:
    """What a run over three days gives: by day, and a check of them all that was not planned."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        daily = dg.DailyPartitionsDefinition(start_date=DAYS[0])
        checks = [dg.AssetCheckSpec("whole", asset="fact", partitions_def=daily)]

        @dg.asset(
            name="fact",
            partitions_def=daily,
            backfill_policy=dg.BackfillPolicy.single_run(),
            check_specs=checks,
        )
        def fact(context: dg.AssetExecutionContext) -> Iterator[object]:
            for day in DAYS:
                context.add_asset_metadata({"rows": 3}, asset_key="fact", partition_key=day)
            yield dg.MaterializeResult(asset_key="fact", metadata={"all": 9}, tags={"a": "b"})
            for day in DAYS:
                yield dg.AssetCheckEvaluation(
                    asset_key=dg.AssetKey("fact"),
                    check_name="whole",
                    passed=day != DAYS[1],
                    metadata={},
                    blocking=False,
                    partition=day,
                )
            yield dg.AssetCheckResult(passed=False, check_name="whole", asset_key="fact")

        with dg.DagsterInstance.ephemeral() as instance:
            tags = {
                "dagster/asset_partition_range_start": DAYS[0],
                "dagster/asset_partition_range_end": DAYS[-1],
            }
            done = dg.materialize([fact], instance=instance, tags=tags, raise_on_error=False)
            return [record.event_log_entry for record in _records(instance, done.run_id)]


def _records(instance: dg.DagsterInstance, run_id: str) -> list[dg.EventLogRecord]:
    return list(instance.get_records_for_run(run_id, limit=1_000).records)


def stored(log: SqliteEventLogStorage, events: list[EventLogEntry]) -> dict[str, list[Any]]:
    """Every row of the log's databases after the events were stored."""
    for event in events:
        log.store_event(event)
    log.dispose()
    rows: dict[str, list[Any]] = {}
    for path in sorted(Path(log._base_dir).glob("*.db")):
        with sqlite3.connect(path) as connection:
            for table in ("event_logs", "asset_keys", "asset_check_executions", "asset_event_tags"):
                found = connection.execute(f"SELECT * FROM {table} ORDER BY id")
                names = [column[0] for column in found.description]
                rows[f"{path.name} {table}"] = [
                    {name: value for name, value in zip(names, row, strict=True) if name != _CLOCK}
                    for row in found
                ]
    return rows


def test_the_rows_are_the_ones_that_dagster_stores(
    tmp_path: Path, events: list[EventLogEntry]
) -> None:
    assert sum(map(is_stored_together, events)) > 3 * len(DAYS)
    ours = stored(PooledEventLog(str(tmp_path / "ours")), events)
    theirs = stored(SqliteEventLogStorage(str(tmp_path / "theirs")), events)
    assert len(ours["index.db asset_check_executions"]) == len(DAYS) + 1
    assert ours == theirs


def test_whoever_reads_finds_what_waits(tmp_path: Path, events: list[EventLogEntry]) -> None:
    log = PooledEventLog(str(tmp_path))
    key = dg.AssetKey("fact")
    seen = 0
    for event in events:
        log.store_event(event)
        seen += event.dagster_event_type is dg.DagsterEventType.ASSET_MATERIALIZATION
        found = log.fetch_materializations(key, limit=10) if seen else None
        assert found is None or len(found.records) == seen
    log.dispose()
    assert seen == len(DAYS)


def test_what_waits_is_stored_when_the_log_is_closed(
    tmp_path: Path, events: list[EventLogEntry]
) -> None:
    last = max(number for number, event in enumerate(events) if is_stored_together(event))
    rows = stored(PooledEventLog(str(tmp_path)), events[: last + 1])
    [of_run] = {name for name in rows if name.endswith("event_logs")} - {"index.db event_logs"}
    assert len(rows[of_run]) == last + 1


def test_evaluations_stored_alike_are_the_events_that_dagster_makes(
    tmp_path: Path, events: list[EventLogEntry]
) -> None:
    evaluations = [event for event in events if evaluation_of(event)]
    first, _, last = evaluations[: len(DAYS)]
    before = events[: events.index(first) + 1]
    ours, theirs = PooledEventLog(str(tmp_path / "ours")), PooledEventLog(str(tmp_path / "theirs"))
    for event in before:
        ours.store_event(event)
    told, other = evaluation_of(first), evaluation_of(last)
    assert told and other and told.passed and other.passed
    ours.store_alike(told, [other])
    rows, expected = stored(ours, []), stored(theirs, [*before, last])
    assert len(expected["index.db event_logs"]) > 2
    assert _timeless(rows) == _timeless(expected)


def _timeless(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The rows without the instants at which their events were told."""
    return {
        name: [
            {key: value for key, value in row.items() if "timestamp" not in key}
            | {
                key: {k: v for k, v in json.loads(row[key]).items() if k != "timestamp"}
                for key in ("event", "evaluation_event")
                if key in row
            }
            for row in of_table
        ]
        for name, of_table in rows.items()
    }


def test_the_latest_materializations_are_those_that_dagster_finds(
    tmp_path: Path, events: list[EventLogEntry]
) -> None:
    log = PooledEventLog(str(tmp_path))
    materialization = dg.DagsterEventType.ASSET_MATERIALIZATION
    again = [event for event in events if event.dagster_event_type is materialization][:-1]
    assert len(again) > 1
    for event in [*events, *again]:
        log.store_event(event)
    found = log.latest_materializations(dg.AssetKey("fact"), [*DAYS[1:], "2027-01-01"])
    assert list(found) == DAYS[1:]
    for day, target in found.items():
        only = dg.AssetRecordsFilter(asset_key=dg.AssetKey("fact"), asset_partitions=[day])
        [record] = log.fetch_materializations(only, limit=1).records
        assert (target.storage_id, target.run_id) == (record.storage_id, record.run_id)
        assert target.timestamp == pytest.approx(record.timestamp, abs=1e-5)
    log.dispose()
