"""Folders below a day's folder whose names are values: `database_{shard}/table_{part}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

from resources.errors import SettingsError


@dataclass(frozen=True)
class FolderPattern:
    """One level of folders for each part between slashes; a name in braces is a column.

    Attributes:
        text: As in `database_{shard_database}/table_{shard_table}`.
    """

    text: str

    @property
    def depth(self) -> int:
        """Levels of folders."""
        return len(self.text.split("/"))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that get their values from the folders' names, in order."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.text) if name is not None)

    def values(self, folders: str) -> Mapping[str, str] | None:
        """Each column's value in `folders`, such as `database_0/table_1`; None: they do not fit."""
        found = self._expression.fullmatch(folders)
        return found.groupdict() if found else None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        parts = (
            re.escape(text) + (f"(?P<{name}>[^/]+)" if name is not None else "")
            for text, name, _, _ in Formatter().parse(self.text)
        )
        return re.compile("".join(parts))


def folder_pattern(text: str) -> FolderPattern:
    """The pattern that a source declares.

    Raises:
        SettingsError: If a level is empty or names no column, or a name is no column name or
            stands twice.
    """
    pattern = FolderPattern(text)
    try:
        fields = list(Formatter().parse(text))
    except ValueError as error:
        raise _refused(text, f"is no pattern: {error}") from error
    if any(part in ("", ".", "..") for part in text.split("/")) or "\\" in text:
        raise _refused(text, "has a level without a name")
    if any(name is not None and (spec or conversion) for _, name, spec, conversion in fields):
        raise _refused(text, "has more than a column's name in braces")
    if not all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in pattern.columns):
        raise _refused(text, "has braces that hold no column's name")
    if len(set(pattern.columns)) != len(pattern.columns):
        raise _refused(text, "names a column twice")
    if not all("{" in part for part in text.split("/")):
        raise _refused(text, "has a level that gives no column")
    return pattern


def _refused(text: str, what: str) -> SettingsError:
    return SettingsError(
        f"files(): folders {text!r} {what}",
        'Write one level for each folder, its column in braces, as in folders="region_{region}".',
    )
