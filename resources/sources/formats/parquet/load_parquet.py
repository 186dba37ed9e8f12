"""Parquet files into typed rows; left in place where their types are the contract's or narrower."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from resources.sources.formats.parquet.parquet_files import parquet_files, rows_in_files
from resources.sources.formats.parquet_damage.damage import check_whole, parquet_errors
from resources.sources.formats.parquet_damage.statistics import check_statistics
from resources.sources.formats.read_job import LoadedFiles, ReadJob, RowCounts
from resources.sources.formats.unread_files import UnreadFile


def load_parquet(job: ReadJob) -> LoadedFiles:
    """Read Parquet files of the same columns.

    Raises:
        SourceError: If a file is damaged, or lacks a column.
    """
    to_compare = [check_whole(path) for path in job.paths]
    # The engine takes some names for patterns or compressed files; these it takes as they are.
    local = [job.folder / f"delivered-{number}" for number in range(len(job.paths))]
    for name, path in zip(local, job.paths, strict=True):
        name.symlink_to(path.absolute())
    files = parquet_files(job.connection, local, job.paths[0], job.source)
    with parquet_errors(job.paths[0]):
        files.check_nanoseconds(job.columns)
    wanted = {job.source.name_in_file(column.name) for column in job.columns}
    compared = [each for each in files.columns if each[0] in wanted]
    for name, path, is_compared in zip(local, job.paths, to_compare, strict=True):
        if is_compared:
            with parquet_errors(path):
                check_statistics(job.connection, name, compared)
    rows = files.rows(job.connection, job.columns, job.types)
    if rows.all_fit:
        return _left_in_place(job, rows.sql, local)
    with parquet_errors(job.paths[0]):
        job.write_rows(rows.sql)
        return job.counted(files.raw_rows)


def _left_in_place(job: ReadJob, rows_sql: str, local: Sequence[Path]) -> LoadedFiles:
    """No row can be refused: whoever wants the rows reads the delivered files, once."""
    with parquet_errors(job.paths[0]):
        counts = rows_in_files(job.connection, local)
    unread = tuple(UnreadFile(name, path) for name, path in zip(local, job.paths, strict=True))
    relation = f"(SELECT *, 0 AS file_row_number FROM ({rows_sql}))"
    return LoadedFiles(relation, None, tuple(RowCounts(count) for count in counts), unread)
