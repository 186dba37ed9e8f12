"""Many events of Dagster's event log stored by few statements, as the same rows in the same tables.

Dagster stores an event by several statements of its own; what follows is what they do together, in
dagster/_core/storage/event_log/sql_event_log.py. The version is pinned, and a test compares both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import DagsterEventType, EventLogEntry
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from sqlalchemy import bindparam, insert, update
from sqlalchemy.engine import Connection

_OF_PARTITIONS = {
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
}
_KEY = ("asset_key", "check_name", "run_id", "partition")


def is_of_partition(event: EventLogEntry) -> bool:
    """Whether a run has such an event for each of its partitions."""
    told = event.dagster_event
    if told is None or not event.run_id or event.dagster_event_type not in _OF_PARTITIONS:
        return False
    evaluation = _evaluation(event)
    return (told.partition if evaluation is None else evaluation.partition) is not None


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


def update_checks(
    connection: Connection,
    events: Sequence[EventLogEntry],
    rows: Sequence[Mapping[str, Any]],
    ids: Sequence[int],
) -> None:
    """Say of each planned check of a partition how it ended; one that was not planned is new."""
    executions = [
        _execution(evaluation, row, event_id)
        for event, row, event_id in zip(events, rows, ids, strict=True)
        if (evaluation := _evaluation(event)) is not None
    ]
    if not executions:
        return
    table = AssetCheckExecutionsTable
    planned = update(table).where(*(table.c[name] == bindparam(f"its_{name}") for name in _KEY))
    keys = [{f"its_{name}": each[name] for name in _KEY} for each in executions]
    values = [
        {name: value for name, value in each.items() if name not in _KEY} for each in executions
    ]
    named = planned.values({name: bindparam(name) for name in values[0]})
    together = [key | value for key, value in zip(keys, values, strict=True)]
    if connection.execute(named, together).rowcount == len(executions):
        return
    for execution, parameters in zip(executions, together, strict=True):
        if not connection.execute(named, parameters).rowcount:
            connection.execute(insert(table).values(**execution))


def _execution(
    evaluation: AssetCheckEvaluation, row: Mapping[str, Any], event_id: int
) -> dict[str, Any]:
    status = AssetCheckExecutionRecordStatus
    target = evaluation.target_materialization_data
    return {
        "asset_key": evaluation.asset_key.to_string(),
        "check_name": evaluation.check_name,
        "run_id": row["run_id"],
        "partition": evaluation.partition,
        "execution_status": (status.SUCCEEDED if evaluation.passed else status.FAILED).value,
        "evaluation_event": row["event"],
        "evaluation_event_timestamp": row["timestamp"],
        "evaluation_event_storage_id": event_id,
        "materialization_event_storage_id": target.storage_id if target else None,
    }


def _evaluation(event: EventLogEntry) -> AssetCheckEvaluation | None:
    if event.dagster_event_type is not DagsterEventType.ASSET_CHECK_EVALUATION:
        return None
    told = event.dagster_event
    found = told.event_specific_data if told else None
    return found if isinstance(found, AssetCheckEvaluation) else None
