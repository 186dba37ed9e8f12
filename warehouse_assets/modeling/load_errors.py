"""Errors in a table's module, found when the code is loaded: file, line, table, column."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable
from pathlib import Path

from resources.errors import LedgerlakeError


class LoadError(LedgerlakeError):
    """A table's module contradicts itself or the rest of the warehouse."""


def load_error(
    table: str, path: Path, line: int | None, message: str, next_step: str | None = None
) -> LoadError:
    """An error that starts like a compiler's: `file:line: table: message`."""
    place = f"{shown(path)}:{line}" if line else shown(path)
    return LoadError(f"{place}: {table}: {message}", next_step)


def declaration_error(
    name: str, path: Path, message: str, text: str | None = None, next_step: str | None = None
) -> LoadError:
    """An error about the variable `name`; `text` is something below it, on the line at fault."""
    declared = line_of(path, f"{name} = ")
    line = line_of(path, text, declared) if text else None
    return load_error(name, path, line or declared, message, next_step)


def shown(path: Path) -> str:
    """The path as people type it: below the current folder where it is there."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like the wrong one, None if none is like it."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), None)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A next step that names the nearest known name."""
    found = nearest(name, known)
    return None if found is None else f"Did you mean {found}?"


def line_of(path: Path, text: str, start: int | None = None) -> int | None:
    """The first line of the file, from `start` on, that holds the text; counted from 1."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    found = (number for number, line in enumerate(lines, 1) if text in line)
    return next((number for number in found if number >= (start or 1)), None)


def line_raising(error: BaseException, path: Path) -> int | None:
    """The line of the file at which an error was raised while it was imported."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), None)


def line_of_sql(path: Path, sql: str, position: int) -> int | None:
    """The line of the file on which the character at `position` of its SQL constant stands."""
    try:
        before, found, _ = path.read_text(encoding="utf-8").partition(sql)
    except OSError:
        return None
    if not found:
        return None
    return before.count("\n") + sql[:position].count("\n") + 1
