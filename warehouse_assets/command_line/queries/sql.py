"""ledgerlake sql: read-only queries over every published table, one or a session of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from resources.errors import SettingsError
from warehouse_assets.command_line.rows.row_output import (
    Excel,
    Format,
    Limit,
    Output,
    Target,
    write_rows,
)

_STDIN = "-"

Query = Annotated[
    str | None,
    typer.Argument(
        metavar="[QUERY]",
        help="One SELECT in DuckDB's dialect; - reads it from the standard input. On a terminal, "
        "without one: a session.",
        show_default=False,
    ),
]
File = Annotated[
    str | None,
    typer.Option("--file", "-f", metavar="FILE", help="A file that holds the query."),
]


def sql(
    query: Query = None,
    file: File = None,
    format: Output = Format.TABLE,  # noqa: A002
    limit: Limit = 100,
    output: Target = None,
    excel: Excel = False,
) -> None:
    """Query the lake: every published table, quarantines too, as `name` or `layer.name`.

    The functions that tables use (divide_money, business_date, business_hour, ...) are there, and
    the parts of an instant are those of the business time zone. SHOW TABLES, DESCRIBE and EXPLAIN
    are answered. Nothing can be written, and no other file read. Ctrl-C stops a query.

    **Examples**

    `ledgerlake sql "SELECT dt, sum(pay_amount) FROM dwd_order_detail GROUP BY dt ORDER BY dt"`

    `ledgerlake sql --file report.sql --output report.xlsx`
    """
    from resources.settings import load_settings
    from warehouse_assets.command_line.queries.query import QuerySession

    # Formerly -f gave the format.
    if file in set(Format) and file and not Path(file).exists():
        file, format = None, Format(file)  # noqa: A001
    text = _text(query, file)
    settings = load_settings()
    session = QuerySession(settings)
    if text is None:
        from warehouse_assets.command_line.queries.shell import run_shell

        run_shell(session, settings.zone, limit)
        return
    with session.answer(text) as cursor:
        write_rows(cursor, format, settings.zone, limit, output, excel)


def _text(query: str | None, file: str | None) -> str | None:
    """The query; None: a session on this terminal."""
    if query is not None and file is not None:
        raise SettingsError("a query and --file were given", "Give one of them.")
    if file is not None and file != _STDIN:
        try:
            return Path(file).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{file} cannot be read: {error}", "Give a file of UTF-8 text."
            ) from error
    if query is not None and query != _STDIN:
        return query
    if query is None and file is None and sys.stdin.isatty():
        return None
    return sys.stdin.read()
