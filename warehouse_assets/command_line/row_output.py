"""Rows of a query on their way out: a table to read, or CSV or JSON with every row."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from warehouse_assets.command_line.console import note

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from duckdb import DuckDBPyConnection

_BATCH = 10_000


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


Output = Annotated[
    Format,
    typer.Option(
        "--format",
        "-f",
        help="CSV and JSON have every row; JSON decimals are texts, so that no reader rounds them.",
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows of a table at most.")]


def write_rows(
    cursor: DuckDBPyConnection, output_format: Format, zone: ZoneInfo, limit: int
) -> None:
    """Write what the cursor gives to the standard output."""
    if output_format is Format.TABLE:
        _print_table(cursor, zone, limit)
    elif output_format is Format.CSV:
        _write_csv(cursor, zone)
    else:
        _write_json(cursor, zone)


def _print_table(cursor: DuckDBPyConnection, zone: ZoneInfo, limit: int) -> None:
    from warehouse_assets.command_line.formatting import counted
    from warehouse_assets.command_line.rows import Rows, described
    from warehouse_assets.command_line.rows_table import print_rows

    names, types = described(cursor)
    values = cursor.fetchmany(limit + 1)
    print_rows(Rows(names, types, values[:limit]), zone)
    if len(values) > limit:
        note(f"The first {limit:,} rows; --limit shows more, --format csv all.")
    else:
        note(counted(len(values), "row"))


def _write_csv(cursor: DuckDBPyConnection, zone: ZoneInfo) -> None:
    from warehouse_assets.command_line.formatting import exact
    from warehouse_assets.command_line.rows import described

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(described(cursor)[0])
    while batch := cursor.fetchmany(_BATCH):
        writer.writerows([exact(value, zone) for value in row] for row in batch)


def _write_json(cursor: DuckDBPyConnection, zone: ZoneInfo) -> None:
    from warehouse_assets.command_line.formatting import exact
    from warehouse_assets.command_line.rows import described

    names, _ = described(cursor)
    plain = (int, str, bool, type(None))
    separator = "[\n"
    while batch := cursor.fetchmany(_BATCH):
        for row in batch:
            values = [value if isinstance(value, plain) else exact(value, zone) for value in row]
            line = json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)
            sys.stdout.write(separator + line)
            separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")
