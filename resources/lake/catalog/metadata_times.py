"""Times in a table's metadata never run backwards, whatever the clocks of its writers do.

Java, Go and Rust refuse a table whose logs are out of order: `TableMetadata` of Iceberg's core
allows a minute between the clocks of two hosts, and no more.
"""

from __future__ import annotations

import time
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyiceberg.table.metadata import TableMetadata


def next_moment(metadata: TableMetadata) -> int:
    """Now, but after the last change of the table; milliseconds since 1970."""
    latest = max((log.timestamp_ms for log in metadata.snapshot_log), default=0)
    return max(int(time.time() * 1000), metadata.last_updated_ms + 1, latest + 1)


def in_order(metadata: TableMetadata) -> TableMetadata:
    """The metadata with no entry of its logs, and no last change, earlier than the one before.

    That also mends the logs of a table that was written while a clock was wrong.
    """
    snapshots = [log.timestamp_ms for log in metadata.snapshot_log]
    files = [log.timestamp_ms for log in metadata.metadata_log]
    latest = max([metadata.last_updated_ms, *snapshots, *files])
    are_sorted = sorted(snapshots) == snapshots and sorted(files) == files
    if are_sorted and latest == metadata.last_updated_ms:
        return metadata
    logs = {
        name: [
            log.model_copy(update={"timestamp_ms": at})
            for log, at in zip(getattr(metadata, name), accumulate(times, max), strict=True)
        ]
        for name, times in (("snapshot_log", snapshots), ("metadata_log", files))
    }
    return metadata.model_copy(update={"last_updated_ms": latest, **logs})
