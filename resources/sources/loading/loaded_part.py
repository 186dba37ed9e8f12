"""Files of one part of a source whose rows are on disk, typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from resources.lake.model.table_spec import ColumnSpec
from resources.sources.delivery.delivery import Delivered
from resources.sources.formats.read_job import LoadedFiles, RowCounts
from resources.sources.loading.month_rows import MonthRows


@dataclass(frozen=True)
class LoadedPart:
    """Files that were read in one go.

    Attributes:
        files: The files, members of archives among them.
        loaded: Their rows, typed.
        columns: The contract's columns that are in the files, in the order of v0, v1, ...
        given: Column -> SQL of its value in each of the files, for those that are in no file.
        folder: Where what belongs to them alone lies.
        month: Which rows of a month's files count; None: each file is one day's.
    """

    files: tuple[Delivered, ...]
    loaded: LoadedFiles
    columns: tuple[ColumnSpec, ...]
    given: Mapping[str, tuple[str, ...]]
    folder: Path
    month: MonthRows | None = None

    @property
    def counts(self) -> Iterator[tuple[Delivered, date, RowCounts]]:
        """Each file with its rows, day by day."""
        if self.month is None:
            for file, counts in zip(self.files, self.loaded.counts, strict=True):
                yield file, file.partition, counts
            return
        for (day, number), counts in self.month.counts.items():
            yield self.files[number], day, counts
