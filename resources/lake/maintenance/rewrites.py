"""Which data files are worth rewriting: those with many dead rows, and small ones that are many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from resources.lake.read.scan_plan import PlannedFile

# A merge pays for it at once; maintenance has more time.
MOST_DEAD_IN_MERGE = 0.3
MOST_DEAD_IN_MAINTENANCE = 0.1

_SMALL_FILE_BYTES = 16 * 1024 * 1024
_MOST_SMALL_FILES = 20


def files_to_rewrite(files: Iterable[PlannedFile], most_dead: float) -> list[PlannedFile]:
    """The files to write anew without their dead rows.

    Args:
        files: Live files, of any partitions.
        most_dead: Share of its rows that may be dead in a file that stays.
    """
    by_partition: dict[date | None, list[PlannedFile]] = {}
    for file in files:
        by_partition.setdefault(file.partition, []).append(file)
    return [file for group in by_partition.values() for file in _of_partition(group, most_dead)]


def _of_partition(files: Sequence[PlannedFile], most_dead: float) -> list[PlannedFile]:
    chosen = [file for file in files if file.dead_rows > most_dead * file.rows]
    small = [file for file in files if file.data_file.file_size_in_bytes < _SMALL_FILE_BYTES]
    if len(small) > _MOST_SMALL_FILES:
        chosen += [file for file in small if file not in chosen]
    return chosen
