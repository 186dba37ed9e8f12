"""Checks that are evaluated without a run: what the UI shows of them, and how it is updated."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import dagster as dg

from warehouse_assets.orchestration.dagster_internals import (
    AssetCheckEvaluationTargetMaterializationData as Target,
)


@dataclass(frozen=True)
class Known:
    """The evaluation that the UI shows, and the materialization it is about."""

    problem: str | None
    storage_id: int | None

    def is_answer(self, problem: str | None, target: Target | None) -> bool:
        """Whether it is the same evaluation of the latest materialization."""
        return self.problem == problem and self.storage_id == (target and target.storage_id)


def shown(
    instance: dg.DagsterInstance, names: Iterable[str], check: str
) -> dict[str, tuple[Target | None, Known | None]]:
    """By table: its latest materialization, and the check's last evaluation. Two queries."""
    keys = {name: dg.AssetKey(name) for name in names}
    targets: dict[str, Target] = {}
    for record in instance.get_asset_records(list(keys.values())):
        latest = record.asset_entry.last_materialization_record
        if latest is not None:
            targets[record.asset_entry.asset_key.to_user_string()] = Target(
                storage_id=latest.storage_id, run_id=latest.run_id, timestamp=latest.timestamp
            )
    executions = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        [dg.AssetCheckKey(key, check) for key in keys.values()]
    )
    known: dict[str, Known] = {}
    for key, execution in executions.items():
        evaluation = execution.evaluation
        # A run that failed leaves a check planned, and not evaluated.
        if isinstance(evaluation, dg.AssetCheckEvaluation):
            target = evaluation.target_materialization_data
            known[key.asset_key.to_user_string()] = Known(
                evaluation.description, target and target.storage_id
            )
    return {name: (targets.get(name), known.get(name)) for name in keys}


def report(
    instance: dg.DagsterInstance,
    name: str,
    check: str,
    target: Target | None,
    problem: str | None,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN,
) -> None:
    """Record the evaluation of a table's check, without a run."""
    about = {"asset_key": dg.AssetKey(name), "check_name": check}
    evaluation = dg.AssetCheckEvaluation(
        **about, target_materialization_data=target, **result(problem, severity)
    )
    instance.report_runless_asset_event(evaluation)


def result(
    problem: str | None, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN
) -> dict[str, Any]:
    """The fields of an evaluation: it passes if there is no problem."""
    metadata = {"problem": dg.MetadataValue.text(problem)} if problem else {}
    passed = problem is None
    return {"passed": passed, "severity": severity, "metadata": metadata, "description": problem}
