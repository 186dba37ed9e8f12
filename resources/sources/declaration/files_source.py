"""A source of delivered files, as a table declares it: where they lie, how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Literal

from resources.sources.declaration.column_origins import Field, Origin
from resources.sources.declaration.folders import FolderPattern
from resources.sources.declaration.layout import Layout
from resources.sources.declaration.numbers import Number
from resources.sources.declaration.parquet_format import Parquet
from resources.sources.declaration.record_format import RecordFormat
from resources.sources.declaration.time_formats import Epoch
from resources.sources.landing.archives import ZipArchive
from resources.sources.landing.complete_day import CompleteDay
from resources.sources.landing.file_names import FileNames, file_names, usual_endings
from resources.sources.landing.limits import Limits
from resources.sources.landing.manifests import Manifest
from resources.sources.landing.month_files import MonthSplit
from resources.sources.landing.name_patterns import NamePattern

FormatName = Literal["csv", "fixed_width", "jsonl", "parquet"]
Format = FormatName | Parquet | RecordFormat


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class FilesSource:
    """Delivered files: `<landing>/<path>/<YYYY-MM-DD>/*`, one folder a business date.

    Make one with `files()`, which checks its arguments. `folders` and `values` fill columns that
    the files do not hold.

    Attributes:
        path: Folder below the landing root, as a relative POSIX path.
        format: csv, fixed_width, jsonl (one JSON object a line), parquet, or a declared format
            with what it needs to know. A file whose name ends in `.gz` is gunzipped, but for
            Parquet.
        encoding: Encoding of text files, by its Python name. A UTF-8 byte order mark is skipped.
        delimiter: What separates the fields of a CSV line, one character.
        quote: What encloses CSV fields and is doubled inside them; "" if nothing does.
        preamble_lines: Lines before the header of a CSV file.
        layout: How its lines are told apart by their content: header, rows, closing lines,
            totals. None: a header, then rows to the end.
        final_line_end: Whether the last line has a line end, as all others. A file without is
            cut, and refused. False: its last line may have none.
        null_texts: Texts that mean NULL, quoted or not. Default: the empty text in CSV, no text
            in JSON lines and Parquet, which have nulls of their own.
        trim: Whether spaces and tabs around texts are dropped. Numbers, dates and timestamps
            may have them around either way.
        columns: Contract column -> name in the file, where the names differ; or where else in
            a row its text is: `position()`, `characters()`, `joined()`, `unit_of()`,
            `line_field()`.
        folders: Folders below the day's folder, with the columns that their names give:
            "database_{shard_database}/table_{shard_table}"; None: the files of a day lie side by
            side. The marker lies in the day's folder either way.
        values: Contract column -> its one value for all rows of the source, as text.
        numbers: How numbers are written, by `number()`; None: plainly, as 1234.50 and -7.
        column_numbers: Contract column -> the same, for columns that differ.
        column_null_texts: Contract column -> more texts that mean NULL there.
        fold_width: Whether full-width digits and marks in numbers and dates, as in １２．５０,
            are read as plain ones.
        time_zone: Time zone of timestamps that state none; None: the business time zone. A local
            time that a clock change skips counts as one hour later, one that it repeats as the
            second of the two (DuckDB's rule).
        timestamp_formats: Formats (strptime) tried in turn where a text is not ISO 8601. %d, %m,
            %H, %I read two digits, %-d, %-m, %-H, %-I one or two.
        date_formats: The same for dates.
        zone_offsets: What each name of a zone means that %Z reads: {"PST": "-08:00"}.
        epochs: Contract column -> "seconds" or "milliseconds", for instants that are written as
            a number since 1970 in UTC.
        tolerance: Share of a day's rows, 0 to 1, that may be quarantined.
        done_marker: File that says that a day is complete; None: the folder says so.
        pattern: Names of the files that are read, with the columns that names give:
            "STL_{merchant_no}_{settle_date}_*.csv"; a text file may have `.gz` behind it. None:
            what is usual for the format. Everything else is left alone, and named.
        complete: What must be there for a day to be whole: complete_day(...). None: of `folders`,
            each value of a column with each of the others.
        limits: Bounds of files, lines and columns: limits(...).
        archive: The files come in zip archives: zipped(...); `pattern` is that of their members.
        manifest: The sender states what it delivered: checksums(...) or file_list(...).
        split: A folder holds a month, whose rows belong to its days: by_day_of(...).
    """

    path: str
    format: Format
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    preamble_lines: int = 0
    layout: Layout | None = None
    final_line_end: bool = True
    null_texts: tuple[str, ...] = ("",)
    trim: bool = False
    columns: Mapping[str, str | Origin] = field(default_factory=_nothing)
    folders: FolderPattern | None = None
    values: Mapping[str, str] = field(default_factory=_nothing)
    numbers: Number | None = None
    column_numbers: Mapping[str, Number] = field(default_factory=dict[str, Number])
    column_null_texts: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )
    fold_width: bool = False
    time_zone: str | None = None
    timestamp_formats: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    zone_offsets: Mapping[str, str] = field(default_factory=_nothing)
    epochs: Mapping[str, Epoch] = field(default_factory=dict[str, Epoch])
    tolerance: Decimal = Decimal(0)
    done_marker: str | None = "_SUCCESS"
    pattern: NamePattern | None = None
    complete: CompleteDay | None = None
    limits: Limits = field(default_factory=Limits)
    archive: ZipArchive | None = None
    manifest: Manifest | None = None
    split: MonthSplit | None = None

    def name_in_file(self, column: str) -> str:
        """What the contract's column is called in the delivered files."""
        told = self.columns.get(column, column)
        return told if isinstance(told, str) else getattr(told, "name", None) or column

    def origin_of(self, column: str) -> Origin:
        """Where in a row the text of the contract's column is."""
        told = self.columns.get(column, column)
        return Field(told) if isinstance(told, str) else told

    @property
    def format_name(self) -> str:
        """What people call the format."""
        return "parquet" if self.is_parquet else getattr(self.format, "name", str(self.format))

    @property
    def parquet(self) -> Parquet:
        """How Parquet files are read."""
        return self.format if isinstance(self.format, Parquet) else Parquet()

    @property
    def is_parquet(self) -> bool:
        """Whether the files are Parquet."""
        return self.format == "parquet" or isinstance(self.format, Parquet)

    @property
    def place(self) -> str:
        """Where its files lie below the landing root, as people read it."""
        folders = f"{self.folders.text}/" if self.folders else ""
        period = "<month>" if self.split else "<business date>"
        return f"{self.path}/{period}/{folders}"

    @cached_property
    def file_names(self) -> FileNames:
        """Which files of a day are read."""
        if self.archive:
            return FileNames((self.archive.pattern,), gzipped=False, declared=True)
        return self.data_names

    @cached_property
    def data_names(self) -> FileNames:
        """Which files hold rows: members of archives, or the files themselves."""
        told = self.format
        endings = usual_endings(told) if isinstance(told, str) else told.endings
        return file_names(endings, self.pattern, gzipped=not self.is_parquet)

    @property
    def declared_folders(self) -> tuple[str, ...]:
        """The folders that must be there in a day's folder."""
        if self.folders is None or self.complete is None:
            return ()
        values = [self.complete.values.get(name, ()) for name in self.folders.columns]
        return tuple(
            self.folders.text.format(**dict(zip(self.folders.columns, each, strict=True)))
            for each in product(*values)
        )

    def period_of(self, day: date) -> date:
        """The first day of those whose rows lie in one folder with the day's."""
        return day.replace(day=1) if self.split else day

    def period_name(self, day: date) -> str:
        """The name of the folder that holds the day's rows."""
        return f"{day:%Y-%m}" if self.split else day.isoformat()

    @property
    def parts(self) -> tuple[FilesSource, ...]:
        """The sources of files that it is made of: itself."""
        return (self,)

    @property
    def columns_given(self) -> tuple[str, ...]:
        """The columns that are in no file: its place, its name or the declaration gives them."""
        by_place = self.folders.columns if self.folders else ()
        return (*self.values, *by_place, *(self.pattern.columns if self.pattern else ()))
