"""Output of a query's rows: a table to read, or CSV, JSON or a workbook with every row."""

from __future__ import annotations

import csv
import sys
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from resources.errors import SettingsError
from warehouse_assets.command_line.output.console import note
from warehouse_assets.command_line.output.formatting import counted, exact, visible
from warehouse_assets.command_line.output.json_output import json_text
from warehouse_assets.command_line.queries.rows import Rows, batches, described
from warehouse_assets.command_line.queries.rows_table import print_rows

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from duckdb import DuckDBPyConnection


# What a spreadsheet takes for the beginning of a formula, also in full width.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


Output = Annotated[
    Format,
    typer.Option(
        "--format",
        help="CSV, JSON and XLSX have every row. JSON decimals are texts, so that no reader rounds "
        "them. A text that a spreadsheet would take for a formula has an apostrophe before it in "
        "CSV.",
    ),
]
ShortOutput = Annotated[
    Format,
    typer.Option(
        "--format",
        "-f",
        help="CSV, JSON and XLSX have every row; JSON decimals are texts, so that no reader rounds "
        "them.",
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", "-n", metavar="ROWS", min=1, help="Rows of a table at most.")
]
Target = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to a file; its name's end gives the format: .csv (as Excel reads it), .json "
        "or .xlsx.",
    ),
]
Excel = Annotated[
    bool, typer.Option("--excel", help="Begin CSV with the mark by which Excel knows UTF-8.")
]


def write_rows(
    cursor: DuckDBPyConnection,
    output_format: Format,
    zone: ZoneInfo,
    limit: int,
    target: Path | None = None,
    excel: bool = False,
) -> None:
    """Write what the cursor gives, to the standard output or to a file, which is put there whole.

    Raises:
        SettingsError: If format and file do not go together, or a workbook cannot hold the rows.
    """
    chosen = _chosen(output_format, target)
    if chosen is Format.TABLE:
        _print_table(cursor, zone, limit)
    elif target is None:
        if chosen is Format.CSV:
            write_csv(cursor, zone, sys.stdout, excel)
        else:
            _write_json(cursor, zone, sys.stdout)
    else:
        with _whole(target) as partial:
            rows = _write_file(cursor, chosen, zone, partial)
        note(f"{rows:,} rows written to {target}")


def _chosen(output_format: Format, target: Path | None) -> Format:
    ending = target.suffix.lower().removeprefix(".") if target else ""
    if target is None and output_format is Format.XLSX:
        raise SettingsError("a workbook goes into a file", "Add --output rows.xlsx.")
    if target is None:
        return output_format
    if ending not in (Format.CSV, Format.JSON, Format.XLSX):
        raise SettingsError(
            f"{target}: its name's end is no format", "End it with .csv, .json or .xlsx."
        )
    return Format(ending)


@contextmanager
def _whole(target: Path) -> Generator[Path]:
    """A file beside the target that replaces it at the end."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        yield partial
        partial.replace(target)
    except OSError as error:
        raise SettingsError(
            f"{target} cannot be written: {error.strerror}", "Give a folder that can be written to."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _write_file(cursor: DuckDBPyConnection, chosen: Format, zone: ZoneInfo, path: Path) -> int:
    if chosen is Format.XLSX:
        from warehouse_assets.command_line.queries.workbook import write_workbook

        return write_workbook(cursor, zone, path)
    with path.open("w", encoding="utf-8", newline="") as stream:
        if chosen is Format.CSV:
            return write_csv(cursor, zone, stream, excel=True)
        return _write_json(cursor, zone, stream)


def _print_table(cursor: DuckDBPyConnection, zone: ZoneInfo, limit: int) -> None:
    names, types = described(cursor)
    values = cursor.fetchmany(limit + 1)
    print_rows(Rows(names, types, values[:limit]), zone)
    if len(values) > limit:
        note(f"The first {limit:,} rows; --limit shows more, --format csv all.")
    else:
        note(counted(len(values), "row"))


def write_csv(
    cursor: DuckDBPyConnection, zone: ZoneInfo, stream: IO[str], excel: bool = False
) -> int:
    """Write CSV with a header; returns the number of rows.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay
    as they are. On a terminal control characters are written out.
    """
    shown = visible if stream.isatty() else str

    def field(value: object) -> str:
        return shown(harmless(value) if isinstance(value, str) else exact(value, zone))

    if excel:
        stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n" if excel else "\n")
    writer.writerow(harmless(name) for name in described(cursor)[0])
    rows = 0
    for batch in batches(cursor):
        rows += len(batch)
        writer.writerows([field(value) for value in row] for row in batch)
    return rows


def harmless(text: str) -> str:
    """The text so that a spreadsheet does not take it for a formula; a number stays one."""
    if not text.startswith(_FORMULA) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1)
    return text[0] in "+-" and digits.isascii() and digits.isdigit()


def _write_json(cursor: DuckDBPyConnection, zone: ZoneInfo, stream: IO[str]) -> int:
    names, _ = described(cursor)
    rows, separator = 0, "[\n"
    for batch in batches(cursor):
        rows += len(batch)
        for row in batch:
            stream.write(separator + json_text(dict(zip(names, row, strict=True)), zone))
            separator = ",\n"
    stream.write("[]\n" if rows == 0 else "\n]\n")
    return rows
