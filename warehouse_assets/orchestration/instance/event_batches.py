"""Stores many events of Dagster's event log with few statements: the same rows, the same tables.

It does what dagster/_core/storage/event_log/sql_event_log.py does with several statements an event.
Dagster's version is pinned, and a test compares both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, TypeVar

from dagster import AssetCheckEvaluation, AssetKey, DagsterEventType, EventLogEntry
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from warehouse_assets.orchestration.dagster_internals import (
    AssetCheckEvaluationPlanned,
    AssetCheckEvaluationTargetMaterializationData,
    AssetCheckExecutionRecordStatus,
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)

_TOGETHER = {
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
}
_KEY = ("asset_key", "check_name", "run_id", "partition")
_Check = TypeVar("_Check", AssetCheckEvaluation, AssetCheckEvaluationPlanned)


def is_stored_together(event: EventLogEntry) -> bool:
    """Whether a run may have many of its kind: one a partition, or one a check and partition."""
    return bool(event.run_id) and event.dagster_event_type in _TOGETHER


def evaluation_of(event: EventLogEntry) -> AssetCheckEvaluation | None:
    """The evaluation of a check in the event, if it is one."""
    return _data_of(event, AssetCheckEvaluation)


def latest_materializations(
    connection: Connection, asset_key: AssetKey, partitions: Sequence[str]
) -> dict[str, AssetCheckEvaluationTargetMaterializationData]:
    """The latest materialization of each of an asset's partitions that has one."""
    columns = SqlEventLogStorageTable.c
    found = connection.execute(
        select(columns.partition, columns.id, columns.run_id, columns.timestamp)
        .where(
            columns.asset_key == asset_key.to_string(),
            columns.dagster_event_type == DagsterEventType.ASSET_MATERIALIZATION.value,
            columns.partition.in_(partitions),
        )
        .order_by(columns.id)
    )
    return {
        partition: AssetCheckEvaluationTargetMaterializationData(
            storage_id=event_id,
            run_id=run_id,
            timestamp=timestamp.replace(tzinfo=UTC).timestamp(),
        )
        for partition, event_id, run_id, timestamp in found
    }


def insert_events(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows of the event log; their ids, which follow one another in order.

    The first one takes the database's write lock, so that no other process has the next ids.
    """
    first = connection.execute(insert(SqlEventLogStorageTable).values(**rows[0]))
    key = first.inserted_primary_key
    assert key is not None
    ids = list(range(key[0], key[0] + len(rows)))
    others = [{"id": number, **row} for number, row in zip(ids[1:], rows[1:], strict=True)]
    if others:
        connection.execute(insert(SqlEventLogStorageTable), others)
    return ids


def store_checks(
    connection: Connection,
    events: Sequence[EventLogEntry],
    rows: Sequence[Mapping[str, Any]],
    ids: Sequence[int],
) -> None:
    """Insert the planned checks, and update or insert those that were evaluated."""
    status = AssetCheckExecutionRecordStatus
    planned: list[dict[str, Any]] = []
    ended: list[dict[str, Any]] = []
    for event, row, event_id in zip(events, rows, ids, strict=True):
        if (check := _data_of(event, AssetCheckEvaluationPlanned)) is not None:
            subset = check.partitions_subset
            for partition in subset.get_partition_keys() if subset else [None]:
                planned.append(_execution(check, partition, status.PLANNED, row, event_id))
        elif (check := evaluation_of(event)) is not None:
            outcome = status.SUCCEEDED if check.passed else status.FAILED
            target = check.target_materialization_data
            about = {"materialization_event_storage_id": target.storage_id if target else None}
            ended.append(_execution(check, check.partition, outcome, row, event_id) | about)
    if planned:
        connection.execute(insert(AssetCheckExecutionsTable), planned)
    if ended:
        _update(connection, ended)


def _update(connection: Connection, executions: Sequence[Mapping[str, Any]]) -> None:
    table = AssetCheckExecutionsTable
    values = [name for name in executions[0] if name not in _KEY]
    statement = (
        update(table)
        .where(*(table.c[name].is_(bindparam(f"its_{name}")) for name in _KEY))
        .values({name: bindparam(name) for name in values})
    )
    parameters = [
        {(f"its_{name}" if name in _KEY else name): value for name, value in each.items()}
        for each in executions
    ]
    if connection.execute(statement, parameters).rowcount == len(executions):
        return
    for execution, its in zip(executions, parameters, strict=True):
        if not connection.execute(statement, its).rowcount:
            connection.execute(insert(table).values(**execution))


def _execution(
    check: AssetCheckEvaluation | AssetCheckEvaluationPlanned,
    partition: str | None,
    status: AssetCheckExecutionRecordStatus,
    row: Mapping[str, Any],
    event_id: int,
) -> dict[str, Any]:
    return {
        "asset_key": check.asset_key.to_string(),
        "check_name": check.check_name,
        "run_id": row["run_id"],
        "partition": partition,
        "execution_status": status.value,
        "evaluation_event": row["event"],
        "evaluation_event_timestamp": row["timestamp"],
        "evaluation_event_storage_id": event_id,
    }


def _data_of(event: EventLogEntry, kind: type[_Check]) -> _Check | None:
    found = event.dagster_event.event_specific_data if event.dagster_event else None
    return found if isinstance(found, kind) else None
