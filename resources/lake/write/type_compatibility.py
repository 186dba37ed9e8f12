"""What a query gives against what the contract says: columns, types and values that fit."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
from duckdb import DuckDBPyConnection

from resources.errors import DataError, said_by
from resources.identifiers import quoted, text_literal
from resources.lake.model.column_type import ColumnType, column_type
from resources.lake.model.table_spec import ColumnSpec, TableSpec


def check_columns(
    connection: DuckDBPyConnection, spec: TableSpec, source: str, where: str
) -> dict[str, str]:
    """The columns of the query `source` and their types, if they are the contract's.

    Raises:
        DataError: If a column is missing or unknown, or its values would be rounded or cut.
    """
    described = connection.execute(f"DESCRIBE SELECT * FROM {source} AS query").fetchall()
    given = {str(row[0]): str(row[1]) for row in described}
    wanted = {column.name for column in spec.columns}
    missing = sorted(wanted - given.keys())
    unknown = sorted(given.keys() - wanted)
    if missing or unknown:
        raise DataError(
            f"{where}: the query's columns are not the contract's. "
            f"Missing: {', '.join(missing) or 'none'}. Unknown: {', '.join(unknown) or 'none'}",
            "Select exactly the columns of the contract, under their names.",
        )
    for column in spec.columns:
        if _cuts_silently(column_type(given[column.name]), column.column_type):
            raise DataError(
                f"{where}: column {column.name} is {column.type}, but the query gives "
                f"{given[column.name]}, which would be rounded or cut silently",
                f"Give it that type in the SQL, as in CAST(... AS {column.type}).",
            )
    return given


def explain_misfit(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    source: str,
    given: Mapping[str, str],
    where: str,
    error: duckdb.Error,
) -> DataError:
    """The error for values that do not fit: names columns, counts and an example of each.

    Reads the query once more. If the query itself fails, what the engine said has to do.
    """
    cast = [column for column in spec.columns if given[column.name] != column.type]
    misfits = _misfits(connection, source, cast) if cast else []
    if not misfits:
        return DataError(
            f"{where}: a value does not fit its type inside the query.\n  {said_by(error)}",
            "Find the rows that hold the value, and correct them or the SQL.",
        )
    return DataError(
        f"{where}: values do not fit the contract.\n" + "\n".join(f"  {each}" for each in misfits),
        "Correct the rows or the SQL, or widen the columns in the contract.",
    )


def _misfits(connection: DuckDBPyConnection, source: str, columns: list[ColumnSpec]) -> list[str]:
    aggregates: list[str] = []
    for column in columns:
        name = quoted(column.name)
        misfit = f"{name} IS NOT NULL AND TRY_CAST({name} AS {column.type}) IS NULL"
        aggregates.append(f"count(*) FILTER (WHERE {misfit})")
        aggregates.append(f"CAST(any_value({name}) FILTER (WHERE {misfit}) AS VARCHAR)")
    try:
        counting = f"SELECT {', '.join(aggregates)} FROM {source} AS query"
        row = connection.execute(counting).fetchall()[0]
    except duckdb.Error:
        return []
    return [
        f"Column {column.name}, {column.type}: {row[2 * number]} rows, "
        f"for example {text_literal(str(row[2 * number + 1])[:80])}"
        for number, column in enumerate(columns)
        if row[2 * number]
    ]


def _cuts_silently(given: ColumnType, wanted: ColumnType) -> bool:
    """Whether a cast from `given` to `wanted` may round or cut a value without an error."""
    if wanted.name == "DATE":
        return given.name.startswith("TIMESTAMP")
    # Of text too: '1.5' would become 2. Values of other types are whole, or no numbers at all.
    may_have_decimals = given.scale is not None or given.name in ("FLOAT", "DOUBLE", "VARCHAR")
    return wanted.scale is not None and may_have_decimals and not given.fits_into(wanted)
