"""ledgerlake sql: read-only queries over every published table, one or a session of them.

In a session a statement ends with a semicolon, and Tab completes names.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import LedgerlakeError, SettingsError
from warehouse_assets.command_line.output.console import errors, note, show_error
from warehouse_assets.command_line.queries.row_output import (
    Excel,
    Format,
    Limit,
    Output,
    Target,
    write_rows,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from warehouse_assets.command_line.queries.query import QuerySession

_STDIN = "-"
_PROMPT, _CONTINUED = "ledgerlake> ", "       ...> "
_END = ("exit", "quit", "\\q", ".quit", ".exit")
_HISTORY_LINES = 2_000
_WORDS = (
    "SELECT", "FROM", "WHERE", "GROUP", "BY", "ORDER", "LIMIT", "HAVING", "JOIN", "LEFT", "USING",
    "UNION", "ALL", "DISTINCT", "DESCRIBE", "EXPLAIN", "SHOW", "TABLES",
)  # fmt: skip
# Quoted text and comments: a semicolon in them ends nothing.
_NO_CODE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.S)

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
    str | None, typer.Option("--file", "-f", metavar="FILE", help="A file that holds the query.")
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
        _session(session, settings.zone, limit)
        return
    with session.answer(text) as cursor:
        write_rows(cursor, format, settings.zone, limit, output, excel)


def _text(query: str | None, file: str | None) -> str | None:
    """The query; None for a session on this terminal."""
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


def _session(session: QuerySession, zone: ZoneInfo, limit: int) -> None:
    """Answer statements until the end of input. An error, or Ctrl-C, ends a statement only."""
    note("One SELECT at a time, ended with a semicolon. Tab completes; exit or Ctrl-D ends.")
    with _history(), _completion(session):
        for statement in _statements():
            try:
                with session.answer(statement) as cursor:
                    write_rows(cursor, Format.TABLE, zone, limit)
            except LedgerlakeError as error:
                show_error(error.message, error.next_step)
            except KeyboardInterrupt:
                errors().print("[yellow]Stopped.[/]")


def _statements() -> Iterator[str]:
    """The typed statements, without the semicolon that ends each."""
    lines: list[str] = []
    while True:
        try:
            lines.append(input(_CONTINUED if lines else _PROMPT))
        except KeyboardInterrupt:
            print()  # noqa: T201
            lines = []
            continue
        except EOFError:
            print()  # noqa: T201
            return
        text = "\n".join(lines).strip()
        if text.rstrip(";").strip().lower() in _END:
            return
        if is_ended(text):
            lines = []
            if statement := text.rstrip(";").strip():
                yield statement
        elif not text:
            lines = []


def is_ended(text: str) -> bool:
    """Whether a semicolon that is code ends the text, and no quotation is open."""
    code = _NO_CODE.sub("", text)
    return code.rstrip().endswith(";") and "'" not in code and '"' not in code


@contextmanager
def _history() -> Generator[None]:
    """Keep the lines of sessions in a file of the user."""
    import readline

    configured = os.environ.get("XDG_STATE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".local" / "state"
    file = base / "ledgerlake" / "sql_history"
    with suppress(OSError):
        readline.read_history_file(file)
    readline.set_history_length(_HISTORY_LINES)
    try:
        yield
    finally:
        with suppress(OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
            readline.write_history_file(file)


@contextmanager
def _completion(session: QuerySession) -> Generator[None]:
    import readline

    before = readline.get_completer()

    def complete(text: str, state: int) -> str | None:
        found = completions(session.names, text, readline.get_line_buffer())
        return found[state] if state < len(found) else None

    readline.set_completer_delims(" \t\n()=<>!+-*/%,;")
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        readline.set_completer(before)


def completions(names: dict[str, list[str]], text: str, line: str) -> list[str]:
    """Tables, the columns of tables that the line names (of all if it names none), and words."""
    prefix, dot, begun = text.rpartition(".")
    mentioned = [name for name in names if re.search(rf"\b{re.escape(name)}\b", line)]
    columns = {column for name in mentioned or names for column in names[name]}
    if dot:
        columns = set(names.get(prefix, columns))
        return sorted(f"{prefix}.{column}" for column in columns if column.startswith(begun))
    words = [word if text.isupper() else word.lower() for word in _WORDS]
    return sorted({each for each in (*names, *columns, *words) if each.startswith(text)})
