"""What several publishes of one run did, as if they had been one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resources.lake.audit.audit import AuditReport, RuleResult
    from resources.lake.model.window import Window
    from resources.lake.publish.table_write import Published


def joined(parts: Sequence[Published], window: Window) -> Published:
    """The sum of publishes of different partitions, over all days of a run.

    The snapshot and the publication are those of the last part.
    """
    partitions = {day: rows for each in parts for day, rows in each.partitions.items()}
    seconds: Counter[str] = Counter()
    for each in parts:
        seconds.update(each.seconds)
    return replace(
        parts[-1],
        partitions={day: partitions[day] for day in window},
        partition_bytes={d: n for each in parts for d, n in each.partition_bytes.items()},
        rows=sum(each.rows for each in parts),
        bytes=sum(each.bytes for each in parts),
        files=sum(each.files for each in parts),
        seconds=dict(seconds),
        report=_joined_reports([each.report for each in parts], window),
        rows_removed=sum(each.rows_removed for each in parts),
        met=tuple(dict.fromkeys(met for each in parts for met in each.met)),
    )


def _joined_reports(reports: Sequence[AuditReport], window: Window) -> AuditReport:
    """One report over all days; a rule that several parts were judged by is in it once."""
    looked_at = {day: rows for each in reports for day, rows in each.rows.items()}
    results: dict[tuple[str, str], RuleResult] = {}
    for result in (result for each in reports for result in each.results):
        before = results.get(name := (result.rule.check, result.rule.name))
        results[name] = (
            result
            if before is None
            else replace(
                before,
                failed={**before.failed, **result.failed},
                rows={**before.rows, **result.rows},
                sample=before.sample or result.sample,
            )
        )
    return replace(
        reports[-1],
        results=tuple(results.values()),
        rows={day: looked_at[day] for day in window},
        seconds=sum(each.seconds for each in reports),
        hashed={day: rows for each in reports for day, rows in each.hashed.items()},
    )
