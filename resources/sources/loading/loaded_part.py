"""Files of one part of a source whose rows are on disk, and the statements that read them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted, text_list, text_literal
from resources.lake.model.table_spec import ColumnSpec, no_rows
from resources.sources.conversion.rows import LINE
from resources.sources.delivery.day_folder import Delivered
from resources.sources.formats.quarantine import QUARANTINE_COLUMNS
from resources.sources.formats.read_job import LoadedFiles, RowCounts
from resources.sources.loading.month_rows import MonthRows

ORIGIN_COLUMNS = (
    ColumnSpec("source_file", "VARCHAR", "Delivered file, below the landing root"),
    ColumnSpec("source_line", "BIGINT", "Line on which the row starts, from 1"),
    ColumnSpec("dt", "DATE", "Business date of the delivery"),
)
_SMALL_BYTES = 4 * 1024 * 1024
_TOGETHER = 256
# So many are read in one go already.
_FILES = 32
# Fewer than these are read faster as they are.
_FEW = 8
_ROWS, _REJECTED = "rows.parquet", "rejected.parquet"


@dataclass(frozen=True)
class LoadedPart:
    """Files that were read in one go.

    Attributes:
        files: The files, members of archives among them.
        loaded: Their rows, typed.
        columns: The contract's columns that are in the files, in the order of v0, v1, ...
        given: Column -> SQL of its value in each of the files, for those that are in no file.
        folder: Where what belongs to them alone lies.
        month: Which rows of a month's files count; None: each file is one day's.
    """

    files: tuple[Delivered, ...]
    loaded: LoadedFiles
    columns: tuple[ColumnSpec, ...]
    given: Mapping[str, tuple[str, ...]]
    folder: Path
    month: MonthRows | None = None

    @property
    def counts(self) -> Iterator[tuple[Delivered, date, RowCounts]]:
        """Each file with its rows, day by day."""
        if self.month is None:
            for file, counts in zip(self.files, self.loaded.counts, strict=True):
                yield file, file.partition, counts
            return
        for (day, number), counts in self.month.counts.items():
            yield self.files[number], day, counts


def accepted_sql(columns: Sequence[ColumnSpec], parts: Sequence[LoadedPart]) -> str:
    """SQL of the accepted rows: `columns`, then `ORIGIN_COLUMNS`."""
    statements = [
        f"SELECT {_values(columns, part)}, {_file(part)} AS source_file, {LINE} AS source_line, "
        f"{_day(part)} AS dt "
        f"FROM {part.loaded.relation}{_taken(part)}"
        for part in parts
        if any(counts.rows for _, _, counts in part.counts)
    ]
    return " UNION ALL ".join(statements) or no_rows([*columns, *ORIGIN_COLUMNS])


def rejected_sql(parts: Sequence[LoadedPart]) -> str:
    """SQL of the rejected rows: `QUARANTINE_COLUMNS`."""
    statements = [
        f"SELECT {'dt' if part.month else _day(part)} AS dt, {_file(part)} AS source_file, "
        "source_line, reason, raw "
        f"FROM read_parquet({text_literal(str(part.loaded.rejected_path))})"
        for part in parts
        if part.loaded.rejected_path
    ]
    return " UNION ALL ".join(statements) or no_rows(QUARANTINE_COLUMNS)


def _values(columns: Sequence[ColumnSpec], part: LoadedPart) -> str:
    positions = {column.name: at for at, column in enumerate(part.columns)}
    return ", ".join(
        (f"v{positions[name]}" if name in positions else _by_file(part.given[name]))
        + f" AS {quoted(name)}"
        for name in (column.name for column in columns)
    )


def _file(part: LoadedPart) -> str:
    return _by_file([text_literal(file.path) for file in part.files])


def _day(part: LoadedPart) -> str:
    if part.month:
        return part.month.day
    return _by_file([f"DATE '{file.partition}'" for file in part.files])


def _by_file(values: Sequence[str]) -> str:
    """SQL of the value that a row's file gives it."""
    if len(set(values)) == 1:
        return values[0]
    return f"([{', '.join(values)}])[file_number + 1]"


def _taken(part: LoadedPart) -> str:
    """The condition on the rows that count, if not all of them do."""
    conditions = [part.month.condition] if part.month else []
    if part.month or any(counts.rejected or counts.blank for counts in part.loaded.counts):
        conditions += ["reason IS NULL", "NOT is_blank"]
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def gathered(
    connection: DuckDBPyConnection, parts: Iterator[LoadedPart], folder: Path
) -> Iterator[LoadedPart]:
    """Write the rows of small files together into `folder`, some hundreds of files at a time."""
    waiting: list[LoadedPart] = []
    batches = 0
    for part in parts:
        if not _is_small(part):
            yield part
            continue
        waiting.append(part)
        if len(waiting) == _TOGETHER:
            yield _together(connection, waiting, folder / f"together-{batches:06d}")
            waiting, batches = [], batches + 1
    if len(waiting) > _FEW:
        yield _together(connection, waiting, folder / f"together-{batches:06d}")
    else:
        yield from waiting


def _is_small(part: LoadedPart) -> bool:
    size = sum(file.size for file in part.files)
    return len(part.files) < _FILES and size < _SMALL_BYTES and (part.folder / _ROWS).exists()


def _together(
    connection: DuckDBPyConnection, parts: Sequence[LoadedPart], folder: Path
) -> LoadedPart:
    folder.mkdir(parents=True)
    rows, rejected = folder / _ROWS, folder / _REJECTED
    first = [0, *accumulate(len(part.files) for part in parts)]
    connection.execute(
        f"COPY (SELECT * EXCLUDE (file_row_number) REPLACE ({_number(first)} AS file_number, "
        f"{LINE} AS source_line) "
        f"FROM read_parquet({text_list(str(part.folder / _ROWS) for part in parts)}, "
        "file_row_number = true) WHERE reason IS NULL AND NOT is_blank) "
        f"TO {text_literal(str(rows))} (FORMAT parquet, COMPRESSION lz4_raw)"
    )
    with_rejected = [at for at, part in enumerate(parts) if part.loaded.rejected_path]
    if with_rejected:
        paths = text_list(str(parts[at].folder / _REJECTED) for at in with_rejected)
        number = _number([first[at] for at in with_rejected])
        connection.execute(
            f"COPY (SELECT * REPLACE ({number} AS file_number) FROM read_parquet({paths})) "
            f"TO {text_literal(str(rejected))} (FORMAT parquet)"
        )
    for part in parts:
        (part.folder / _ROWS).unlink()
        (part.folder / _REJECTED).unlink(missing_ok=True)
    relation = f"read_parquet({text_literal(str(rows))}, file_row_number = true)"
    return replace(
        parts[0],
        files=tuple(file for part in parts for file in part.files),
        loaded=LoadedFiles(
            relation,
            rejected if with_rejected else None,
            tuple(counts for part in parts for counts in part.loaded.counts),
            statements=tuple(told for part in parts for told in part.loaded.statements),
        ),
        given={
            name: tuple(value for part in parts for value in part.given[name])
            for name in parts[0].given
        },
        folder=folder,
    )


def _number(first: Sequence[int]) -> str:
    """SQL of the number of a row's file, where `first` are the numbers of each part's first."""
    return f"CAST(({list(first)})[CAST(file_index AS BIGINT) + 1] + file_number AS BIGINT)"
