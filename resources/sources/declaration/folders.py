"""Folders below a day's folder whose names are values: `database_{shard}/table_{part}`."""

from __future__ import annotations

from dataclasses import dataclass

from resources.sources.landing.name_patterns import NamePattern, name_pattern, refused_pattern


@dataclass(frozen=True)
class FolderPattern(NamePattern):
    """One level of folders for each part between slashes; a name in braces is a column.

    Attributes:
        text: As in `database_{shard_database}/table_{shard_table}`.
    """

    @property
    def depth(self) -> int:
        """Levels of folders."""
        return len(self.text.split("/"))


def folder_pattern(text: str) -> FolderPattern:
    """The pattern that a source declares.

    Raises:
        SettingsError: If a level is empty or names no column, or a name is no column name or
            stands twice.
    """
    checked = name_pattern("folders", text)
    if any(part in ("", ".", "..") for part in text.split("/")) or "\\" in text:
        raise refused_pattern("folders", text, "has a level without a name")
    if not all("{" in part for part in text.split("/")):
        raise refused_pattern("folders", text, "has a level that gives no column")
    return FolderPattern(checked.text)
