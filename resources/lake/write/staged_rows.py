"""Reading staged files back: as a relation, by partition, and a few rows to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from duckdb import DuckDBPyConnection

from resources.identifiers import date_literal, quoted, text_list
from resources.lake.model.table_spec import TableSpec
from resources.lake.write.staging import StagedFile

Sample = tuple[Mapping[str, object], ...]

SAMPLE_ROWS = 5
_SAMPLE_COLUMNS = 64
_SAMPLE_TEXT = 200


def staged_relation(files: Iterable[StagedFile]) -> str:
    """The files as a relation for a FROM clause."""
    return f"read_parquet({text_list(file.path for file in files)}, hive_partitioning = false)"


def only_partition(spec: TableSpec, files: Sequence[StagedFile]) -> str | None:
    """SQL for the one partition that all files hold; None if there are more or it is not known.

    For a table that is replaced whole it is a NULL.
    """
    if spec.partition_column is None:
        return partition_of_rows(spec)
    partitions = {file.partition for file in files}
    only = next(iter(partitions)) if len(partitions) == 1 else None
    return None if only is None else date_literal(only)


def partition_expression(spec: TableSpec, files: Sequence[StagedFile]) -> str:
    """SQL for a row's partition: a constant where the files are known to hold one only."""
    return only_partition(spec, files) or partition_of_rows(spec)


def partition_of_rows(spec: TableSpec) -> str:
    """SQL for a row's partition, whatever the files hold; NULL for a table without partitions."""
    return quoted(spec.partition_column) if spec.partition_column else "CAST(NULL AS DATE)"


def sample_columns(spec: TableSpec, column: str | None) -> list[str]:
    """The columns to show of a bad row: key, the column in question, partition, then others."""
    first = [*spec.key, column, spec.partition_column]
    names = [name for name in first if name is not None] + [each.name for each in spec.columns]
    return list(dict.fromkeys(names))[: max(_SAMPLE_COLUMNS, len(spec.key))]


def fetch_sample(connection: DuckDBPyConnection, select_sql: str) -> Sample:
    """At most 5 rows of the query as plain Python values, long texts cut at 200 characters."""
    result = connection.execute(f"{select_sql} LIMIT {SAMPLE_ROWS}")
    names = [str(column[0]) for column in result.description or ()]
    return tuple(shown_row(names, row) for row in result.fetchall())


def shown_row(names: Sequence[str], values: Sequence[object]) -> dict[str, object]:
    """The first values under those names, long texts cut at 200 characters."""
    return {name: _shown(value) for name, value in zip(names, values, strict=False)}


def _shown(value: object) -> object:
    if isinstance(value, str) and len(value) > _SAMPLE_TEXT:
        return value[:_SAMPLE_TEXT] + "…"
    return value
