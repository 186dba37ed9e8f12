"""The session of `ledgerlake sql`: statements end with a semicolon, Tab completes names."""

from __future__ import annotations

import os
import re
import readline
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from resources.errors import LedgerlakeError
from warehouse_assets.command_line.output.console import errors, note, show_error
from warehouse_assets.command_line.rows.row_output import Format, write_rows

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from warehouse_assets.command_line.queries.query import QuerySession

_PROMPT, _CONTINUED = "ledgerlake> ", "       ...> "
_END = ("exit", "quit", "\\q", ".quit", ".exit")
_HISTORY_LINES = 2_000
_WORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "ORDER",
    "LIMIT",
    "HAVING",
    "JOIN",
    "LEFT",
    "USING",
    "UNION",
    "ALL",
    "DISTINCT",
    "DESCRIBE",
    "EXPLAIN",
    "SHOW",
    "TABLES",
]
# Quoted text and comments: a semicolon in them ends nothing.
_NO_CODE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.S)


def run_shell(session: QuerySession, zone: ZoneInfo, limit: int) -> None:
    """Answer statements until the end of input. An error, or Ctrl-C, ends a statement only."""
    note("One SELECT at a time, ended with a semicolon. Tab completes; exit or Ctrl-D ends.")
    with _history(), _completion(session):
        for statement in statements():
            try:
                with session.answer(statement) as cursor:
                    write_rows(cursor, Format.TABLE, zone, limit)
            except LedgerlakeError as error:
                show_error(error.message, error.next_step)
            except KeyboardInterrupt:
                errors().print("[yellow]Stopped.[/]")


def statements() -> Iterator[str]:
    """What is typed, statement by statement, without the semicolon that ends each."""
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
    """The lines of former sessions, in the user's own folder."""
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
