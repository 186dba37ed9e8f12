"""What a run proposes to publish: staged and audited files, and what they were made against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from resources.lake.attempts import Attempt
from resources.lake.audit import AuditReport
from resources.lake.publication import (
    Partition,
    PartitionRecord,
    PublicationRecord,
    PublishContext,
    RuleOutcome,
)
from resources.lake.staging import Staged
from resources.lake.table_spec import TableSpec
from resources.lake.window import Window


@dataclass(frozen=True)
class Proposal:
    """Staged and audited files, and what they were made against.

    `seen` is the publication of each partition when the run began; `field_ids` are those the
    files were staged with.
    """

    spec: TableSpec
    window: Window | None
    staged: Staged
    report: AuditReport
    field_ids: Mapping[str, int]
    seen: Mapping[Partition, str]
    context: PublishContext
    attempt: Attempt

    @property
    def name(self) -> str:
        """Table and window, for messages."""
        return f"{self.spec.namespace}.{self.spec.name}, {self.window or 'whole table'}"

    @property
    def partitions(self) -> dict[Partition, int]:
        """Rows of each partition of the window, those without rows included."""
        rows: dict[Partition, int] = dict.fromkeys(self.window or (None,), 0)
        for file in self.staged.files:
            rows[file.partition if self.window else None] += file.rows
        return rows


def record_of(proposal: Proposal, parent_snapshot_id: int | None) -> PublicationRecord:
    """The record of the publish that the proposal will be, on top of the parent snapshot."""
    context = proposal.context
    return PublicationRecord(
        publication_id=proposal.attempt.id,
        table=f"{proposal.spec.namespace}.{proposal.spec.name}",
        window=proposal.window,
        run_id=context.run_id,
        code_version=context.code_version,
        published_at=datetime.now(UTC),
        parent_snapshot_id=parent_snapshot_id,
        partitions={
            partition: PartitionRecord(rows, context.inputs.get(partition, {}))
            for partition, rows in proposal.partitions.items()
        },
        sources=context.sources,
        audit=tuple(
            RuleOutcome(
                result.rule.name,
                result.rule.check,
                str(result.rule.severity),
                sum(result.failed.values()),
                sum(result.rows.values()),
            )
            for result in proposal.report.results
        ),
    )
