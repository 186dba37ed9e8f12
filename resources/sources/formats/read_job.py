"""Files that are read in one go become rows on disk: typed, counted, rejected ones apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.identifiers import text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.files_source import FilesSource
from resources.sources.formats.bank.bank_statements import BankStatement
from resources.sources.formats.quarantine import RawRows, write_rejected
from resources.sources.formats.text_files import PlainText

# Written once and read once: a third cheaper than DuckDB's default encodings.
_FAST_PARQUET = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4_raw"


@dataclass(frozen=True)
class UnreadFile:
    """A Parquet file: the name under which the engine reads it, and the delivered one."""

    local: Path
    delivered: Path


@dataclass(frozen=True)
class RowCounts:
    """Rows of one file: accepted, rejected, and blank lines, which are neither."""

    rows: int = 0
    rejected: int = 0
    blank: int = 0


@dataclass(frozen=True)
class LoadedFiles:
    """Where the rows of the files read in one go are now, and how many each of them held.

    Attributes:
        relation: FROM item of the typed rows, accepted, rejected and blank ones, as typed_rows_sql
            gives them, with file_row_number.
        rejected_path: The rejected rows as they came; None: there are none.
        counts: In the order of the files.
        unread: Files that only who reads `relation` will read; what is damaged there is not known.
        statements: The bank statements of each file; empty for formats that are none.
    """

    relation: str
    rejected_path: Path | None
    counts: tuple[RowCounts, ...]
    unread: tuple[UnreadFile, ...] = ()
    statements: tuple[tuple[BankStatement, ...], ...] = ()


@dataclass(frozen=True)
class ReadJob:
    """Files that are read in one go: one, or several that can be.

    Attributes:
        connection: The engine, keeping the order of rows: line numbers are made from it.
        columns: The contract's columns that come from the files.
        folder: An empty folder; what is not needed later is deleted again.
    """

    connection: DuckDBPyConnection
    source: FilesSource
    paths: tuple[Path, ...]
    columns: Sequence[ColumnSpec]
    types: TextTypes
    folder: Path

    @property
    def rows_path(self) -> Path:
        """Where typed rows are written."""
        return self.folder / "rows.parquet"

    def write_rows(self, rows_sql: str) -> None:
        """Run SQL of typed rows into `rows_path`."""
        path = text_literal(str(self.rows_path))
        self.connection.execute(f"COPY ({rows_sql}) TO {path} ({_FAST_PARQUET})")

    def counted(
        self, raws: Sequence[PlainText] | RawRows, blank: Sequence[int] = ()
    ) -> LoadedFiles:
        """Count each file's rows of each kind and set the rejected ones aside.

        `raws` is where the rows are found as they came: the text of each file, or SQL; `blank` are
        the blank lines of each file that were left out already.
        """
        found = self.connection.execute(
            "SELECT file_number, count(*), count(reason), count(*) FILTER (is_blank) "
            f"FROM read_parquet({text_literal(str(self.rows_path))}) GROUP BY file_number"
        ).fetchall()
        by_file = {row[0]: row[1:] for row in found}
        counts: list[RowCounts] = []
        for number, left_out in enumerate(blank or [0] * len(self.paths)):
            total, rejected, found_blank = by_file.get(number, (0, 0, 0))
            all_blank = left_out + found_blank
            counts.append(RowCounts(total - rejected - found_blank, rejected, all_blank))
        rejected_path = None
        if any(each.rejected for each in counts):
            rejected_path = self.folder / "rejected.parquet"
            write_rejected(self.connection, self.rows_path, raws, rejected_path)
        relation = f"read_parquet({text_literal(str(self.rows_path))}, file_row_number = true)"
        return LoadedFiles(relation, rejected_path, tuple(counts))
