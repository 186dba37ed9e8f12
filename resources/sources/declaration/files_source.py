"""A source of delivered files, as a table declares it: where they lie, how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import Literal

from resources.sources.declaration.column_origins import Characters, Field, Origin
from resources.sources.declaration.formats import Parquet, RecordFormat
from resources.sources.declaration.layout import Layout
from resources.sources.declaration.numbers import Number
from resources.sources.declaration.refusals import share, texts
from resources.sources.declaration.time_formats import Epoch
from resources.sources.landing.complete_day import CompleteDay, MonthSplit
from resources.sources.landing.file_names import USUAL_ENDINGS, FileNames, file_names
from resources.sources.landing.limits import Limits
from resources.sources.landing.manifests import Manifest
from resources.sources.landing.name_patterns import (
    FolderPattern,
    NamePattern,
    folder_pattern,
    name_pattern,
)

FormatName = Literal["csv", "fixed_width", "jsonl", "parquet"]
Format = FormatName | Parquet | RecordFormat


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """How a source writes numbers, dates and times.

    Attributes:
        numbers: How numbers are written, by `number()`; None: plainly, as 1234.50 and -7.
        column_numbers: Contract column -> the same, for columns that differ.
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
    """

    numbers: Number | None = None
    column_numbers: Mapping[str, Number] = field(default_factory=dict[str, Number])
    fold_width: bool = False
    time_zone: str | None = None
    timestamp_formats: Sequence[str] = ()
    date_formats: Sequence[str] = ()
    zone_offsets: Mapping[str, str] = field(default_factory=dict[str, str])
    epochs: Mapping[str, Epoch] = field(default_factory=dict[str, Epoch])

    def number(self, column: str) -> Number | None:
        """How the numbers of a column are written; None: plainly."""
        return self.column_numbers.get(column, self.numbers)

    @property
    def fields_beside(self) -> Iterator[Field | Characters]:
        """The fields of a row that tell how its numbers are meant."""
        for one in (self.numbers, *self.column_numbers.values()):
            yield from one.fields_beside if one else ()


@dataclass(frozen=True)
class FilesSource(Spelling):
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
        null_texts: Texts that mean NULL, quoted or not. None: the empty text in CSV, no text in
            JSON lines and Parquet, which have nulls of their own.
        trim: Whether spaces and tabs around texts are dropped. Numbers, dates and timestamps
            may have them around either way.
        columns: Contract column -> name in the file, where the names differ; or where else in
            a row its text is: `position()`, `characters()`, `joined()`, `unit_of()`,
            `line_field()`.
        folders: Folders below the day's folder, with the columns that their names give:
            "database_{shard_database}/table_{shard_table}"; None: the files of a day lie side by
            side. The marker lies in the day's folder either way.
        values: Contract column -> its one value for all rows of the source, as text.
        column_null_texts: Contract column -> more texts that mean NULL there.
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
    _: KW_ONLY
    format: Format
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    preamble_lines: int = 0
    layout: Layout | None = None
    final_line_end: bool = True
    null_texts: Sequence[str] | None = None
    trim: bool = False
    columns: Mapping[str, str | Origin] = field(default_factory=dict[str, str | Origin])
    folders: str | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    column_null_texts: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    tolerance: Decimal | str | int = 0
    done_marker: str | None = "_SUCCESS"
    pattern: str | None = None
    complete: CompleteDay | None = None
    limits: Limits = field(default_factory=Limits)
    archive: NamePattern | None = None
    manifest: Manifest | None = None
    split: MonthSplit | None = None

    @property
    def parts(self) -> tuple[FilesSource, ...]:
        """The sources of files that it is made of: itself."""
        return (self,)

    @cached_property
    def tolerated(self) -> Decimal:
        """The tolerance as a share of one. Raises SettingsError if it is none."""
        return share(self.tolerance)

    @cached_property
    def nulls(self) -> tuple[str, ...]:
        """The texts that mean NULL. Raises SettingsError for one text in place of several."""
        if self.null_texts is not None:
            return texts("files", "null_texts", self.null_texts)
        if isinstance(self.format, RecordFormat):
            return self.format.null_texts
        return ("",) if self.format in ("csv", "fixed_width") else ()

    @cached_property
    def folder_pattern(self) -> FolderPattern | None:
        """`folders`, parsed. Raises SettingsError if it makes no sense."""
        return None if self.folders is None else folder_pattern(self.folders)

    @cached_property
    def name_pattern(self) -> NamePattern | None:
        """`pattern`, parsed. Raises SettingsError if it makes no sense."""
        given = self.pattern
        return None if given is None else name_pattern("pattern", given, ignores_case=True)

    def name_in_file(self, column: str) -> str:
        """What the contract's column is called in the delivered files."""
        told = self.columns.get(column, column)
        return told if isinstance(told, str) else getattr(told, "name", None) or column

    def origin_of(self, column: str) -> Origin:
        """Where in a row the text of the contract's column is."""
        told = self.columns.get(column, column)
        return Field(told) if isinstance(told, str) else told

    @property
    def columns_given(self) -> tuple[str, ...]:
        """The columns that are in no file: its place, its name or the declaration gives them."""
        patterns = (self.folder_pattern, self.name_pattern)
        return (*self.values, *(name for each in patterns if each for name in each.columns))

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
    def is_text(self) -> bool:
        """Whether the rows are lines of text."""
        return self.format in ("csv", "fixed_width", "jsonl")

    @property
    def place(self) -> str:
        """Where its files lie below the landing root, as people read it."""
        folders = f"{self.folders}/" if self.folders else ""
        period = "<month>" if self.split else "<business date>"
        return f"{self.path}/{period}/{folders}"

    @cached_property
    def file_names(self) -> FileNames:
        """Which files of a day are read."""
        if self.archive:
            return FileNames((self.archive,), gzipped=False, declared=True)
        return self.data_names

    @cached_property
    def data_names(self) -> FileNames:
        """Which files hold rows: members of archives, or the files themselves."""
        told = self.format
        endings = USUAL_ENDINGS.get(told, ()) if isinstance(told, str) else told.endings
        return file_names(endings, self.name_pattern, gzipped=not self.is_parquet)

    @property
    def declared_folders(self) -> tuple[str, ...]:
        """The folders that must be there in a day's folder."""
        pattern, complete = self.folder_pattern, self.complete
        if pattern is None or complete is None:
            return ()
        values = product(*(complete.values.get(name, ()) for name in pattern.columns))
        return tuple(
            pattern.text.format(**dict(zip(pattern.columns, each, strict=True))) for each in values
        )

    def period_of(self, day: date) -> date:
        """The first day of those whose rows lie in one folder with the day's."""
        return day.replace(day=1) if self.split else day

    def period_name(self, day: date) -> str:
        """The name of the folder that holds the day's rows."""
        return f"{day:%Y-%m}" if self.split else day.isoformat()
