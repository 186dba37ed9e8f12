"""What several publishes of one table did, as if they had been one."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resources.lake.audit.audit import AuditReport
    from resources.lake.publish.table_write import Published


def one_after_the_other(publishes: Sequence[Published]) -> Published:
    """The sum of publishes of different partitions, in order; the snapshot is the last one's."""
    last = publishes[-1]
    stages = dict.fromkeys(stage for each in publishes for stage in each.seconds)
    return replace(
        last,
        partitions=dict(ChainMap(*(dict(each.partitions) for each in publishes))),
        partition_bytes=dict(ChainMap(*(dict(each.partition_bytes) for each in publishes))),
        rows=sum(each.rows for each in publishes),
        bytes=sum(each.bytes for each in publishes),
        files=sum(each.files for each in publishes),
        seconds={n: sum(each.seconds.get(n, 0) for each in publishes) for n in stages},
        report=_report([each.report for each in publishes]),
        rows_removed=sum(each.rows_removed for each in publishes),
        met=tuple(dict.fromkeys(run for each in publishes for run in each.met)),
    )


def _report(reports: Sequence[AuditReport]) -> AuditReport:
    """The reports as one: the rules are the same in each, their partitions are not."""
    results = [
        replace(
            same[-1],
            failed=dict(ChainMap(*(dict(each.failed) for each in same))),
            rows=dict(ChainMap(*(dict(each.rows) for each in same))),
            sample=next((each.sample for each in same if each.sample), ()),
        )
        for same in zip(*(each.results for each in reports), strict=True)
    ]
    return replace(
        reports[-1],
        results=tuple(results),
        rows=dict(ChainMap(*(dict(each.rows) for each in reports))),
        seconds=sum(each.seconds for each in reports),
        hashed=dict(ChainMap(*(dict(each.hashed) for each in reports))),
    )
