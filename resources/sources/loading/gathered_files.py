"""Many small text files of a source as few files of rows: memory does not grow with their number.

A statement over thousands of files, each with a branch of its own, would not fit into memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.identifiers import text_list, text_literal
from resources.sources.conversion.rows import LINE
from resources.sources.formats.read_job import LoadedFiles
from resources.sources.loading.loaded_part import LoadedPart

_SMALL_BYTES = 4 * 1024 * 1024
_TOGETHER = 256
# So many are read in one go already.
_FILES = 32
# Fewer than these are read faster as they are.
_FEW = 8
_ROWS, _REFUSED = "rows.parquet", "refused.parquet"


def gathered(
    connection: DuckDBPyConnection, parts: Iterator[LoadedPart], folder: Path
) -> Iterator[LoadedPart]:
    """Write the rows of small files together, some hundreds of files at a time.

    Args:
        connection: The engine, keeping the order of rows.
        parts: Files as they are loaded; each has a folder of its own.
        folder: Where the rows are written together.
    """
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
    rows, refused = folder / _ROWS, folder / _REFUSED
    first = [0, *accumulate(len(part.files) for part in parts)]
    connection.execute(
        f"COPY (SELECT * EXCLUDE (file_row_number) REPLACE ({_number(first)} AS file_number, "
        f"{LINE} AS source_line) "
        f"FROM read_parquet({text_list(str(part.folder / _ROWS) for part in parts)}, "
        "file_row_number = true) WHERE reason IS NULL AND NOT is_blank) "
        f"TO {text_literal(str(rows))} (FORMAT parquet, COMPRESSION lz4_raw)"
    )
    with_refused = [at for at, part in enumerate(parts) if part.loaded.refused_path]
    if with_refused:
        paths = text_list(str(parts[at].folder / _REFUSED) for at in with_refused)
        number = _number([first[at] for at in with_refused])
        connection.execute(
            f"COPY (SELECT * REPLACE ({number} AS file_number) FROM read_parquet({paths})) "
            f"TO {text_literal(str(refused))} (FORMAT parquet)"
        )
    for part in parts:
        (part.folder / _ROWS).unlink()
        (part.folder / _REFUSED).unlink(missing_ok=True)
    relation = f"read_parquet({text_literal(str(rows))}, file_row_number = true)"
    return replace(
        parts[0],
        files=tuple(file for part in parts for file in part.files),
        loaded=LoadedFiles(
            relation,
            refused if with_refused else None,
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
