"""What a mapping did: the files it read, what it delivered, what it rejected and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from resources.lake.model.window import Window

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
class Delivered:
    """One source, as `<system>/<source>`.

    Args:
        source: Its folder in the landing folder.
        rows: Rows delivered.
        outside: Rows of days that were not asked for, and were not delivered.
        changed_days: Days that were written; the others were there with the same rows.
    """

    source: str
    rows: int
    outside: int
    changed_days: int


@dataclass(frozen=True)
class MappingReport:
    """What a mapping did.

    Args:
        window: The business dates delivered: every date has a folder for every source.
        files: What was read.
        deliveries: What was delivered, by source.
        rejected: The first 1,000 rows that were not delivered; `rejections_file` has all.
        rejected_count: Number of all of them.
        rejections_file: CSV of file, line, reason and the line's text.
        notes: What the reader should know about the data, one sentence each.
    """

    window: Window
    files: tuple[FileRead, ...]
    deliveries: tuple[Delivered, ...]
    rejected: tuple[RejectedRow, ...]
    rejected_count: int
    rejections_file: Path
    notes: tuple[str, ...]

    @property
    def delivered(self) -> Mapping[str, int]:
        """Rows delivered by source."""
        return {delivery.source: delivery.rows for delivery in self.deliveries}

    @property
    def first_date(self) -> date:
        """The first business date delivered."""
        return self.window.start
