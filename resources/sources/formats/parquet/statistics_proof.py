"""What the statistics in Parquet footers prove: that no row can be refused for a column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.identifiers import text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.text_types import TextTypes


def proven_columns(
    connection: DuckDBPyConnection,
    paths: Sequence[Path],
    columns: Sequence[tuple[str, ColumnSpec]],
    types: TextTypes,
) -> frozenset[str]:
    """The contract's columns of which each value, as the files have it, is one that may be.

    They hold no NULL where none may be, and no date or time that is out of range. What statistics
    do not say is not proven.

    Args:
        connection: The engine.
        paths: The files.
        columns: Names in the files, with the contract's columns that they fill as they are.
        types: Knows the bounds of dates and times.
    """
    judged: list[str] = []
    for name, column in columns:
        tests = ["true"] if column.nullable else ["stats_null_count = 0"]
        for edge in ("stats_min_value", "stats_max_value"):
            outside = types.out_of_range(f"TRY_CAST({edge} AS {column.type})", column.type)
            if outside:
                tests.append(f"(NOT ({outside}) OR stats_null_count = num_values)")
        judged.append(
            f"bool_and(coalesce({' AND '.join(tests)}, false)) "
            f"FILTER (path_in_schema = {text_literal(name)})"
        )
    if not judged:
        return frozenset()
    [found] = connection.execute(
        f"SELECT {', '.join(judged)} FROM parquet_metadata(?)", [[str(path) for path in paths]]
    ).fetchall()
    # Files without row groups have no rows, and prove what nobody asks.
    return frozenset(
        column.name for (_, column), holds in zip(columns, found, strict=True) if holds is not False
    )
