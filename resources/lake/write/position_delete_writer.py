"""Writes Iceberg position-delete files beside the data files, which stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted, text_literal
from resources.lake.read.row_locator import Positions, RowLocator
from resources.lake.read.scan_plan import PlannedFile
from resources.lake.storage.position_deletes import (
    DATA_PATH,
    POSITION,
    DeleteFile,
    WrittenDeletes,
    copy_options,
    delete_file_path,
    positions_relation,
)
from resources.lake.write.column_statistics import parse_statistics

# Beside a data file with so many delete files, the next one takes their positions into it.
_MOST_DELETE_FILES = 8


@dataclass(frozen=True)
class PositionDeletes:
    """What `write_deletes` did. `files` are all files, as they are with the delete files.

    `written` are the new delete files by the data file's location; `combined` those that they
    take the place of.
    """

    files: tuple[PlannedFile, ...]
    written: dict[str, WrittenDeletes]
    combined: dict[str, tuple[DeleteFile, ...]]


def write_deletes(
    connection: DuckDBPyConnection, rows: RowLocator, found: Positions, folder: str
) -> PositionDeletes:
    """Write one delete file for each data file in which rows were found."""
    after = {file.path: file for file in rows.files}
    written: dict[str, WrittenDeletes] = {}
    combined: dict[str, tuple[DeleteFile, ...]] = {}
    for number, file in enumerate(found.counts):
        earlier = file.deletes if len(file.deletes) >= _MOST_DELETE_FILES else ()
        positions = found.select(file)
        if earlier:
            combined[file.path] = earlier
            positions += f" UNION ALL SELECT {quoted(POSITION)} FROM {positions_relation(earlier)}"
        path = delete_file_path(folder, number)
        new = written[file.path] = _write(connection, file, positions, path)
        kept = tuple(each for each in file.deletes if each not in earlier)
        after[file.path] = replace(file, deletes=(*kept, new.delete_file))
    return PositionDeletes(tuple(after.values()), written, combined)


def _write(
    connection: DuckDBPyConnection, file: PlannedFile, positions: str, path: str
) -> WrittenDeletes:
    row = connection.execute(
        f"COPY (SELECT {text_literal(file.path)} AS {quoted(DATA_PATH)}, {quoted(POSITION)} "
        f"FROM ({positions}) ORDER BY {quoted(POSITION)}) "
        f"TO {text_literal(path)} ({copy_options()})"
    ).fetchall()[0]
    bounds = parse_statistics(row[4])[POSITION]
    assert bounds.minimum is not None and bounds.maximum is not None, "some row was found"
    return WrittenDeletes(
        DeleteFile(path, row[1], row[2]), file.data_file, int(bounds.minimum), int(bounds.maximum)
    )
