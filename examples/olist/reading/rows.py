"""From a file's lines to typed rows; unusable lines go to `rejected` with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from examples.olist.reading.dates import date_orders, instant_sql
from examples.olist.reading.exports import Column, Export, Kind
from examples.olist.reading.lines import Lines, count_rows, read_lines
from examples.olist.report import FileRead
from resources.errors import SourceError
from resources.identifiers import quoted, quoted_list, text_literal
from resources.settings import LAST_YEAR
from warehouse_assets.dim.dim_date import FIRST_YEAR

ZONE = "America/Sao_Paulo"
"""Olist's times are local times of this zone and name none."""

_EMPTY = "['', 'null', 'nan', 'nat', '\\n']"

PREPARE = f"""
CREATE TABLE rejected (file VARCHAR, line BIGINT, reason VARCHAR, text VARCHAR);
CREATE MACRO filled(field) AS
    CASE WHEN NOT list_contains({_EMPTY}, lower(trim(field))) THEN trim(field) END;
"""

# Each is a condition over the text and the value, and what is said where it holds.
_FAULTS = {
    Kind.IDENTIFIER: ("NOT regexp_full_match({text}, '[0-9a-fA-F]{{32}}')", "no 32 hex digits"),
    Kind.TEXT: ("false", ""),
    Kind.AMOUNT: (
        r"NOT regexp_full_match({text}, '\d{{1,16}}(\.\d{{0,2}}0*)?')",
        "no amount of at most two decimals",
    ),
    Kind.COUNT: (r"NOT regexp_full_match({text}, '\d{{1,9}}(\.0*)?')", "no whole number"),
    Kind.INSTANT: (
        f"{{value}} IS NULL OR year({{value}}) NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR}",
        f"no time between {FIRST_YEAR} and {LAST_YEAR}",
    ),
}
# What shows that the last field of a file that ends inside a line is nevertheless whole.
_WHOLE = {
    Kind.IDENTIFIER: "true",
    Kind.TEXT: "true",
    Kind.AMOUNT: r"regexp_full_match({text}, '\d+\.\d{{2}}')",
    Kind.COUNT: "false",
    Kind.INSTANT: r"regexp_full_match({text}, '.*:\d{{2}}:\d{{2}}')",
}


def read_export(
    connection: duckdb.DuckDBPyConnection, export: Export, path: Path
) -> tuple[FileRead, list[str]]:
    """Read a file into the table `export.name`: line, text, and its columns, typed.

    Returns what was read, and notes on what is not there.

    Raises:
        SourceError: If the file cannot be read, lacks a column, or none of its rows is usable.
    """
    lines = read_lines(connection, path)
    missing = _missing_columns(export, lines)
    _extract(connection, export, lines)
    instants = [column.name for column in export.columns if column.kind is Kind.INSTANT]
    orders = date_orders(connection, "texts", instants, str(path))
    _judge(connection, export, lines, orders)
    columns = ", ".join(quoted(column.name) for column in export.columns)
    connection.execute(
        f"CREATE TABLE {export.name} AS "
        f"SELECT line, text, {columns} FROM judged WHERE reason IS NULL"
    )
    connection.execute(
        f"INSERT INTO rejected SELECT {text_literal(path.name)}, line, reason, text "
        "FROM judged WHERE reason IS NOT NULL"
    )
    if lines.undecodable is not None:
        connection.execute(
            "INSERT INTO rejected VALUES (?, ?, 'the file ends inside a character', '')",
            [path.name, lines.undecodable],
        )
    accepted = count_rows(connection, f"SELECT count(*) FROM {export.name}")
    rejected = lines.count - lines.blank - 1 - accepted
    if rejected and not accepted:
        raise _nothing_usable(connection, path, rejected)
    notes = [f"{path.name} has no column {name}: it is empty in every row." for name in missing]
    if lines.unended is not None:
        notes.append(f"{path.name} ends inside line {lines.unended}: it may have been cut there.")
    return FileRead(path.name, path, lines.count, lines.blank, accepted, rejected), notes


def _missing_columns(export: Export, lines: Lines) -> list[str]:
    missing = [column for column in export.columns if column.name not in lines.header]
    needed = [column.name for column in missing if not column.optional]
    if needed:
        raise SourceError(
            f"{lines.path} has no column {', '.join(needed)}; it has {', '.join(lines.header)}",
            "Export it with this column: without it the warehouse's amounts and dates are wrong.",
        )
    return [column.name for column in missing]


def _extract(connection: duckdb.DuckDBPyConnection, export: Export, lines: Lines) -> None:
    """Make `texts`: line, text, why its fields cannot be told apart, and each column's text."""
    width = len(lines.header)
    fields = ", ".join(
        f"filled(fields[{lines.header.index(column.name) + 1}]) AS {quoted(column.name)}"
        if column.name in lines.header
        else f"CAST(NULL AS VARCHAR) AS {quoted(column.name)}"
        for column in export.columns
    )
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE texts AS
        SELECT
            line,
            text,
            CASE
                WHEN fields IS NULL THEN 'a quoted field is not closed'
                WHEN len(fields) < {width}
                    THEN format('{{}} of {width} fields: the line is cut', len(fields))
                WHEN len(fields) > {width} AND array_to_string(fields[{width + 1}:], '') <> ''
                    THEN format('{{}} fields, {width} expected', len(fields))
            END AS broken,
            {fields}
        FROM split_lines
        WHERE line <> {lines.header_line}
    """)
    connection.execute("DROP TABLE split_lines")


def _judge(
    connection: duckdb.DuckDBPyConnection, export: Export, lines: Lines, orders: dict[str, str]
) -> None:
    """Make `judged`: line, text, each column's value, and why the row is rejected, or NULL."""
    values = {column.name: _value(column, orders.get(column.name)) for column in export.columns}
    reasons = [_reason(column, values[column.name]) for column in export.columns] + list(
        _cut_reason(export, lines)
    )
    selected = ", ".join(f"{value} AS {quoted(name)}" for name, value in values.items())
    key = quoted_list(export.key)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH valued AS (
            SELECT
                line,
                text,
                coalesce(broken, nullif(concat_ws('; ', {", ".join(reasons)}), '')) AS reason,
                {selected}
            FROM texts
        )
        SELECT * REPLACE (
            CASE
                WHEN reason IS NULL AND line < max(line) FILTER (reason IS NULL) OVER same_key
                    THEN format('the same {" and ".join(export.key)} again in line {{}}, '
                        'which counts', max(line) FILTER (reason IS NULL) OVER same_key)
                ELSE reason
            END AS reason
        )
        FROM valued
        WINDOW same_key AS (PARTITION BY {key})
        ORDER BY line
    """)
    connection.execute("DROP TABLE texts")


def _value(column: Column, order: str | None) -> str:
    text = quoted(column.name)
    match column.kind:
        case Kind.IDENTIFIER:
            return f"lower({text})"
        case Kind.TEXT:
            return text
        case Kind.AMOUNT:
            return f"TRY_CAST({text} AS DECIMAL(18,2))"
        case Kind.COUNT:
            return f"TRY_CAST(split_part({text}, '.', 1) AS BIGINT)"
        case Kind.INSTANT:
            return instant_sql(text, order, text_literal(ZONE))


def _reason(column: Column, value: str) -> str:
    """SQL of what is wrong with the column in a row, or NULL."""
    text = quoted(column.name)
    condition, fault = _FAULTS[column.kind]
    condition = condition.format(text=text, value=value)
    if column.one_of:
        known = ", ".join(text_literal(one) for one in column.one_of)
        condition, fault = f"{text} NOT IN ({known})", "not known"
    empty = "NULL" if column.empty else f"'{column.name} is empty'"
    return (
        f"CASE WHEN {text} IS NULL THEN {empty} WHEN {condition} "
        f"THEN '{column.name} is ''' || {text} || ''', {fault}' END"
    )


def _cut_reason(export: Export, lines: Lines) -> Iterable[str]:
    """The reason to reject the last line of a file that ends inside it, if it may be cut."""
    by_name = {column.name: column for column in export.columns}
    column = by_name.get(lines.header[-1])
    if lines.unended is not None and column is not None:
        whole = _WHOLE[column.kind].format(text=quoted(column.name))
        yield (
            f"CASE WHEN line = {lines.unended} AND NOT ends_with(text, '\"') AND NOT {whole} "
            f"THEN 'the file ends inside this line: {column.name} may be cut' END"
        )


def _nothing_usable(
    connection: duckdb.DuckDBPyConnection, path: Path, rejected: int
) -> SourceError:
    first = connection.execute(
        "SELECT line, reason FROM rejected WHERE file = ? ORDER BY line LIMIT 1", [path.name]
    ).fetchone()
    assert first is not None
    return SourceError(
        f"{path}: none of its {rejected:,} rows is usable; line {first[0]}: {first[1]}",
        "Export the file as the public data set has it.",
    )
