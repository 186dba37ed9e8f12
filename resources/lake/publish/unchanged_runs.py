"""Whether a run only repeats the one that published a partition: then its rows are the same.

SQL of the warehouse gives the same rows for the same inputs. Where table, code, engine and inputs
are as the publication record says they were, nothing has to be compared row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resources.errors import RecordUnreadable
from resources.lake.model.publication_record import (
    InputState,
    Partition,
    PublicationRecord,
    PublishContext,
)
from resources.lake.model.window import Window
from resources.lake.read.scan_plan import PlannedFile
from resources.lake.read.table_snapshot import TableSnapshot
from resources.lake.write.write_attempts import data_folder


def repeats(
    before: TableSnapshot,
    partition: Partition,
    files: Sequence[PlannedFile],
    context: PublishContext,
    window: Window | None,
) -> bool:
    """Whether the run of `context` gives the rows that the partition's `files` already hold.

    False where that is not certain: where another program, a merge or a compaction wrote a file
    since, where no record can be read, or where nothing is known of what the rows are made from.
    """
    publication_id = before.published.get(partition)
    if before.table is None or publication_id is None or not context.framework_version:
        return False
    own = f"{data_folder(before.table.location(), publication_id)}/"
    if any(file.deletes or not file.path.startswith(own) for file in files):
        return False
    try:
        record = before.publications.read(publication_id)
    except RecordUnreadable:
        return False
    if before.columns_without_values(record):
        return False
    return same_run(record, partition, context, window)


def same_run(
    record: PublicationRecord, partition: Partition, context: PublishContext, window: Window | None
) -> bool:
    """Whether the publication that the record tells of had the code and inputs of the run.

    False where nobody knows either of one.
    """
    if not same_code(record, context) or not context.framework_version:
        return False
    if partition not in record.partitions:
        return False
    then, now = record.partitions[partition].inputs, context.inputs.get(partition, {})
    if context.sources:
        return record.window == window and _same_files(record, context) and not now
    if not now or not then:
        return False
    # Another snapshot with the same publications is another day's news.
    return digests(then) == digests(now)


def same_code(record: PublicationRecord, context: PublishContext) -> bool:
    """Whether the publication was made by the code and the framework of the run."""
    versions = context.code_version, context.framework_version
    return (record.code_version, record.framework_version) == versions


def digests(inputs: Mapping[str, InputState]) -> dict[str, str]:
    """What each input looked like; of another snapshot it may be the same."""
    return {name: state.digest for name, state in inputs.items()}


def _same_files(record: PublicationRecord, context: PublishContext) -> bool:
    """Whether the same content was delivered; without digests that is not known."""
    is_known = all(file.digest for file in context.sources)
    then, now = ([file.content for file in each.sources] for each in (record, context))
    return is_known and then == now
