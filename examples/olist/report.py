"""What a mapping did: the files it read, what it delivered, what it rejected and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from resources.lake.window import Window

REJECTED_FILE = "_olist_rejected.csv"
REJECTED_SHOWN = 1_000


@dataclass(frozen=True)
class RejectedRow:
    """A line that was not delivered. `file` is the file's name, `line` counts from 1."""

    file: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class FileRead:
    """One file of the export. Every line is the header, blank, accepted or rejected."""

    file: str
    path: Path
    lines: int
    blank: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class MappingReport:
    """What a mapping did.

    Args:
        window: The business dates delivered: every date has a folder for every source.
        files: What was read.
        delivered: Rows delivered by source, as `<system>/<source>`.
        rejected: The first 1,000 rows that were not delivered; `rejections_file` has all.
        rejected_count: Number of all of them.
        rejections_file: CSV of file, line, reason and the line's text.
        changed_days: Folders of a source and day that were written; others held the same rows.
        notes: What the reader should know about the data, one sentence each.
    """

    window: Window
    files: tuple[FileRead, ...]
    delivered: Mapping[str, int]
    rejected: tuple[RejectedRow, ...]
    rejected_count: int
    rejections_file: Path
    changed_days: int
    notes: tuple[str, ...]

    @property
    def first_date(self) -> date:
        """The first business date delivered."""
        return self.window.start

    @property
    def last_date(self) -> date:
        """The last business date delivered."""
        return self.window.last
