"""Parquet: typed already; taken over where the contract's type holds the value exactly."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from resources.engines.duckdb_errors import said_by
from resources.errors import SourceError
from resources.identifiers import quoted, text_literal
from resources.lake.table_spec import ColumnSpec
from resources.sources.files import FilesSource
from resources.sources.formats.parquet_proof import proven_columns
from resources.sources.header import matched_columns
from resources.sources.quarantine import RawRows
from resources.sources.rows import Reading, cleaned, typed_rows_sql
from resources.sources.text_types import TIMESTAMP_TYPE, TextTypes

_LOCAL_TIMES = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
_FLOATS = frozenset({"FLOAT", "DOUBLE"})
_SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_WHOLE = frozenset(f"{sign}{name}" for sign in ("", "U") for name in _SIGNED)


@dataclass(frozen=True)
class ParquetRows:
    """Typed rows as SQL, and whether it is certain that none of them is refused."""

    sql: str
    all_fit: bool


@dataclass(frozen=True)
class ParquetFiles:
    """Parquet files of the same columns that are read in one go.

    Attributes:
        paths: Under which names to read them.
        origin: The first of the delivered files, for messages.
        source: What the table declares.
        columns: Each column's name and its type, as DuckDB spells it.
    """

    paths: tuple[Path, ...]
    origin: Path
    source: FilesSource
    columns: tuple[tuple[str, str], ...]

    @property
    def relation(self) -> str:
        """FROM item of the files: their columns, and file_row_number from 0 in each file."""
        return _relation(self.paths)

    @property
    def file_number(self) -> str:
        """SQL of the number of a row's file, from 0."""
        # A file that is read alone may well have a column of that name.
        return "CAST(file_index AS BIGINT)" if len(self.paths) > 1 else "CAST(0 AS BIGINT)"

    @property
    def raw_rows(self) -> RawRows:
        """The rows as JSON."""
        pairs = ", ".join(
            f"{text_literal(name)}: "
            + (f"CAST({quoted(name)} AS VARCHAR)" if kind == "BLOB" else quoted(name))
            for name, kind in self.columns
        )
        return RawRows(
            f"SELECT {self.file_number} AS file_number, file_row_number + 1 AS source_line, "
            f"CAST(to_json({{{pairs}}}) AS VARCHAR) AS raw FROM {self.relation}"
        )

    def rows(
        self, connection: DuckDBPyConnection, columns: Sequence[ColumnSpec], types: TextTypes
    ) -> ParquetRows:
        """Typed rows.

        Raises:
            SourceError: If a column is missing, or of a type that cannot become the contract's.
        """
        names = [name for name, _ in self.columns]
        positions = matched_columns(self.source, columns, names, self.origin)
        proven = self._proven(connection, columns, positions, types)
        readings: list[Reading] = []
        for column in columns:
            at = positions.get(column.name)
            if at is None:
                readings.append(Reading.missing(column))
            else:
                reading = self._reading(column, f"t{at}", self.columns[at][1], types)
                readings.append(replace(reading, proven=column.name in proven))
        given = ", ".join(
            f"{cleaned(quoted(name), self.source) if kind == 'VARCHAR' else quoted(name)} AS t{at}"
            for at, (name, kind) in enumerate(self.columns)
            if at in positions.values()
        )
        facts = (
            f"NULL AS problem, false AS is_blank, {self.file_number} AS file_number, "
            "file_row_number + 1 AS source_line, 0 AS line_offset, 1 AS line_count"
        )
        sql = typed_rows_sql(readings, f"(SELECT {given}, {facts} FROM {self.relation})", types)
        return ParquetRows(sql, all(each.always_fits for each in readings))

    def _proven(
        self,
        connection: DuckDBPyConnection,
        columns: Sequence[ColumnSpec],
        positions: Mapping[str, int],
        types: TextTypes,
    ) -> frozenset[str]:
        """The columns that are taken as they are, and of which the footers prove the rest."""
        delivered = [
            (*self.columns[positions[column.name]], column)
            for column in columns
            if column.name in positions
        ]
        same = [
            (name, column) for name, kind, column in delivered if self._is_taken(name, kind, column)
        ]
        with parquet_errors(self.origin):
            return proven_columns(connection, self.paths, same, types)

    def _is_taken(self, name: str, kind: str, column: ColumnSpec) -> bool:
        """Whether each value of a column is taken as it is, but for what the contract forbids."""
        if kind == "VARCHAR" and cleaned(quoted(name), self.source) != quoted(name):
            return False
        return kind == column.type or _widens(kind, column.type)

    def _reading(self, column: ColumnSpec, given: str, kind: str, types: TextTypes) -> Reading:
        if kind == "VARCHAR":
            return Reading.of_text(column, given, types)
        typed = _converted(given, kind, column.type, types)
        if typed is None:
            raise SourceError(
                f"{self.origin}: column {self.source.name_in_file(column.name)!r} is {kind}, which "
                f"cannot become {column.type} ({column.name})",
                "Have it delivered as the contract says; amounts as decimals or as text, never "
                "as floating-point numbers.",
            )
        shown = (
            f"{text_literal(column.name + ': ')} || left(CAST({given} AS VARCHAR), 100) || "
            f"{text_literal(f' does not fit {column.type} exactly')}"
        )
        return Reading(column, given, typed, shown, _widens(kind, column.type))


def parquet_files(
    connection: DuckDBPyConnection, paths: Sequence[Path], origin: Path, source: FilesSource
) -> ParquetFiles:
    """Read the columns from the footer of the first file.

    Args:
        connection: The engine.
        paths: Files of the same columns, under names that are no patterns to the engine.
        origin: The first of the delivered files, for messages.
        source: What the table declares.

    Raises:
        SourceError: If the file is truncated or no Parquet file.
    """
    described = f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {_relation(paths[:1])}"
    with parquet_errors(origin):
        rows = connection.execute(described).fetchall()
    columns = tuple((str(row[0]), str(row[1])) for row in rows)
    return ParquetFiles(tuple(paths), origin, source, columns)


def rows_in_files(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[int]:
    """The rows of each file, as its footer says."""
    names = [str(path) for path in paths]
    found = dict(
        connection.execute(
            "SELECT file_name, num_rows FROM parquet_file_metadata(?)", [names]
        ).fetchall()
    )
    return [found[name] for name in names]


@contextmanager
def parquet_errors(origin: Path) -> Generator[None]:
    """Turn what DuckDB raises over a damaged Parquet file into SourceError that names it."""
    try:
        yield
    except duckdb.Error as error:
        # Damage inside a page is a plain Error; a full disk is an IOException as well.
        damage = isinstance(error, duckdb.InvalidInputException | duckdb.IOException)
        if not (damage or type(error) is duckdb.Error) or "write" in str(error).lower():
            raise
        raise SourceError(
            f"{origin} is truncated or no Parquet file: {said_by(error)}",
            "Have the file delivered again.",
        ) from error


def _relation(paths: Sequence[Path]) -> str:
    names = ", ".join(text_literal(str(path)) for path in paths)
    return f"read_parquet([{names}], file_row_number = true, hive_partitioning = false)"


def _widens(kind: str, wanted: str) -> bool:
    """Whether each value of one type of whole numbers is one of the other."""
    both = kind in _SIGNED and wanted in _SIGNED
    return both and _SIGNED.index(kind) <= _SIGNED.index(wanted)


def _converted(given: str, kind: str, wanted: str, types: TextTypes) -> str | None:
    """SQL of a value of type `kind` as `wanted`, NULL where not exact; None: no way there."""
    if kind == wanted:
        return given
    if _widens(kind, wanted):
        return f"CAST({given} AS {wanted})"
    if wanted == "VARCHAR":
        nested = kind.startswith(("STRUCT", "MAP")) or kind.endswith("]")
        if kind == "BLOB":
            return None
        return f"CAST({f'to_json({given})' if nested else given} AS VARCHAR)"
    if wanted == TIMESTAMP_TYPE:
        local = kind in _LOCAL_TIMES or kind == "DATE"
        return types.local_time(f"CAST({given} AS TIMESTAMP)") if local else None
    if wanted == "DATE":
        midnight = f"CASE WHEN CAST({given} AS DATE) = {given} THEN CAST({given} AS DATE) END"
        return midnight if kind in _LOCAL_TIMES else None
    if not (kind in _WHOLE or kind in _FLOATS or kind.startswith("DECIMAL")):
        return None
    if wanted in _FLOATS:
        return f"CAST({given} AS {wanted})"
    if wanted.startswith("DECIMAL") and kind in _FLOATS:
        return None
    if wanted not in _WHOLE and not wanted.startswith("DECIMAL"):
        return None
    cast = f"TRY_CAST({given} AS {wanted})"
    return f"CASE WHEN TRY_CAST({cast} AS {kind}) = {given} THEN {cast} END"
