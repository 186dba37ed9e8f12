"""What a run proposes to publish: staged and audited files, and what they were made against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pyiceberg.manifest import DataFile

from resources.lake.audit.audit import AuditReport
from resources.lake.model.publication_record import (
    Partition,
    PartitionRecord,
    PublicationRecord,
    PublishContext,
    RuleOutcome,
)
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from resources.lake.publish.change_detection import DetectedChanges
from resources.lake.storage.position_deletes import WrittenDeletes
from resources.lake.write.staging import Staged
from resources.lake.write.write_attempts import WriteAttempt


@dataclass(frozen=True)
class Change:
    """What a merge does to rows that are there, when it does not replace partitions whole.

    `snapshot_id` is the snapshot it was worked out against. `retained_rows` are the rows of each
    partition that stay; `carried` are those of the files that are rewritten, `rewritten`, without
    their deleted rows. `deletes` are the new position deletes of files that stay; they take in the
    delete files `combined`.
    """

    snapshot_id: int | None
    retained_rows: Mapping[Partition, int]
    rows_removed: int = 0
    rewritten: tuple[DataFile, ...] = ()
    carried: tuple[str, ...] = ()
    deletes: tuple[WrittenDeletes, ...] = ()
    combined: tuple[str, ...] = ()

    @property
    def only_adds(self) -> bool:
        """Whether it leaves every file that is there as it is."""
        return not self.rewritten and not self.deletes


def no_condition() -> None:
    """The condition of a commit that has none."""


@dataclass(frozen=True)
class StagedCommit:
    """Staged and audited files, and what they were made against.

    `seen` is the publication of each partition when the run began; `field_ids` are those the
    files were staged with. Without a `change` the files replace the window whole. `condition` is
    called under the table's lock, and raises where nothing may be committed any more.
    """

    spec: TableSpec
    window: Window | None
    staged: Staged
    report: AuditReport
    field_ids: Mapping[str, int]
    seen: Mapping[Partition, str]
    context: PublishContext
    attempt: WriteAttempt
    change: Change | None = None
    changes: DetectedChanges = field(default_factory=DetectedChanges)
    condition: Callable[[], None] = no_condition

    @property
    def name(self) -> str:
        """Table and window, for messages."""
        return self.spec.where(self.window)

    @property
    def partitions(self) -> dict[Partition, int]:
        """Rows that each partition of the window will have, those without rows included."""
        rows: dict[Partition, int] = dict.fromkeys(self.window or (None,), 0)
        if self.change is not None:
            rows |= self.change.retained_rows
        for file in self.staged.files:
            rows[file.partition if self.window else None] += file.rows
        return rows


def record_of(staged_commit: StagedCommit, parent_snapshot_id: int | None) -> PublicationRecord:
    """The record of the publish that the commit will be, on top of the parent snapshot."""
    context = staged_commit.context
    return PublicationRecord(
        publication_id=staged_commit.attempt.id,
        table=staged_commit.spec.full_name,
        window=staged_commit.window,
        run_id=context.run_id,
        code_version=context.code_version,
        published_at=datetime.now(UTC),
        parent_snapshot_id=parent_snapshot_id,
        partitions={
            partition: PartitionRecord(
                rows,
                context.inputs.get(partition, {}),
                staged_commit.changes.dates.get(partition),
                staged_commit.changes.digests.get(partition),
            )
            for partition, rows in staged_commit.partitions.items()
        },
        sources=context.sources,
        positions=context.positions,
        framework_version=context.framework_version,
        field_ids=staged_commit.field_ids,
        audit=tuple(
            RuleOutcome(
                result.rule.name,
                result.rule.check,
                str(result.rule.severity),
                sum(result.failed.values()),
                sum(result.rows.values()),
            )
            for result in staged_commit.report.results
        ),
    )
