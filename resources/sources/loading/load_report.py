"""What a load gives: two statements over rows on disk, and the counts to judge them by."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.errors import SourceError
from resources.settings import Settings
from resources.sources.delivery.day_folder import Delivered, LeftAlone
from resources.sources.formats.parquet.pages import blaming
from resources.sources.formats.read_job import UnreadFile

_REASONS_SHOWN = 3


@dataclass(frozen=True)
class Loaded:
    """A window's rows, typed, on disk. A context manager: its files go when it ends.

    Attributes:
        select_sql: The accepted rows: the contract's columns and source_file, source_line, dt.
        quarantine_sql: The rejected rows: dt, source_file, source_line, reason, raw.
        rows: Accepted rows of each day of the window.
        rejected: Rejected rows of each day.
        blank: Blank lines of each day, which are neither.
        delivered: The files read, with the rows that each held, accepted and rejected.
        tolerance: Share of a day's rows that may be rejected.
        first_reasons: Of each day with rejected rows, why the first of them were.
        unit: What is counted: rows, or events that may become several rows.
        unread: Delivered files that the statement of the accepted rows reads itself.
        left: What lies beside the files and is not read.
        require_unchanged: Raises SourceError if the delivery is no longer as it was listed.
    """

    table_name: str
    select_sql: str
    quarantine_sql: str
    rows: Mapping[date, int]
    rejected: Mapping[date, int]
    blank: Mapping[date, int]
    delivered: tuple[Delivered, ...]
    tolerance: Decimal
    first_reasons: Mapping[date, tuple[str, ...]]
    folder: Path
    unit: str = "rows"
    unread: tuple[UnreadFile, ...] = ()
    left: tuple[LeftAlone, ...] = ()
    require_unchanged: Callable[[], None] = field(default=lambda: None)

    def check_tolerance(self) -> None:
        """Raise SourceError if the share of rejected rows of a day is above the tolerance.

        Call it after the quarantine is published, before the rows are.
        """
        over = [day for day, count in self.rejected.items() if count > self._allowed(day)]
        if not over:
            return
        lines = [
            f"  {day}: {self.rejected[day]:,} of {self.rows[day] + self.rejected[day]:,} "
            f"{self.unit} rejected\n" + "\n".join(f"    {reason}" for reason in self._reasons(day))
            for day in over[:_REASONS_SHOWN]
        ]
        raise SourceError(
            f"{self.table_name}: more {self.unit} did not parse than the tolerance of "
            f"{self.tolerance:f} allows, on {len(over)} of {len(self.rows)} days:\n"
            + "\n".join(lines),
            f"Look at quarantine.{self.table_name}_quarantine, correct the declaration or have "
            "what was rejected delivered again, or raise the tolerance.",
        )

    def reading(self, connection: DuckDBPyConnection) -> AbstractContextManager[None]:
        """To be held while the rows are taken: an error then names the file that is damaged."""
        return blaming(connection, self.unread)

    def close(self) -> None:
        """Delete the files that the two statements read."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Loaded:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _reasons(self, day: date) -> list[str]:
        """The first reasons of a day, and how many rejected rows they leave out."""
        shown = list(self.first_reasons[day])
        more = self.rejected[day] - len(shown)
        return [*shown, f"and {more:,} more"] if more > 0 else shown

    def _allowed(self, day: date) -> Decimal:
        return self.tolerance * (self.rows[day] + self.rejected[day])


def working_folder(connection: DuckDBPyConnection, settings: Settings) -> Path:
    """A new folder that goes with the engine's own spill folder if this process is killed."""
    setting = "SELECT current_setting('temp_directory')"
    spill = Path(str(connection.execute(setting).fetchall()[0][0])).absolute()
    root = spill if spill.is_relative_to(settings.spill_folder) else settings.spill_folder
    folder = root / f"source-{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    return folder
