"""What a run over many days asks of Dagster's event log, and tells it all at once if it can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol, runtime_checkable

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)


@runtime_checkable
class RangeEventLog(Protocol):
    """An event log that is made for runs over many days."""

    def latest_materializations(
        self, asset_key: dg.AssetKey, partitions: Sequence[str]
    ) -> Mapping[str, AssetCheckEvaluationTargetMaterializationData]:
        """The latest materialization of each partition that has one."""
        ...

    def store_alike(
        self, told: dg.AssetCheckEvaluation, others: Sequence[dg.AssetCheckEvaluation]
    ) -> None:
        """Store evaluations of other partitions as one that Dagster has just stored."""
        ...


def latest_materializations(
    context: dg.AssetExecutionContext, name: str, days: Sequence[date], just_materialized: bool
) -> dict[date, AssetCheckEvaluationTargetMaterializationData]:
    """The latest materialization of each day that has one."""
    log = context.instance.event_log_storage
    if isinstance(log, RangeEventLog):
        known = log.latest_materializations(dg.AssetKey(name), [day.isoformat() for day in days])
        return {date.fromisoformat(partition): target for partition, target in known.items()}
    # Those of the run that has just ended are the latest of all, so that one query finds them.
    queries = [days] if just_materialized else [[day] for day in days]
    found = [
        record
        for asked in queries
        for record in context.instance.fetch_materializations(
            dg.AssetRecordsFilter(
                asset_key=dg.AssetKey(name), asset_partitions=[day.isoformat() for day in asked]
            ),
            limit=len(asked),
        ).records
    ]
    return {
        date.fromisoformat(record.partition_key): AssetCheckEvaluationTargetMaterializationData(
            storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp
        )
        for record in found
        if record.partition_key
    }
