"""What a table says about files delivered to it: where they lie and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import product
from types import MappingProxyType

from resources.sources.files_checks import Format, check_files, share, texts
from resources.sources.folders import FolderPattern, folder_pattern
from resources.sources.landing.archives import ZipArchive
from resources.sources.landing.complete_day import CompleteDay
from resources.sources.landing.file_names import FileNames, file_names
from resources.sources.landing.limits import Limits
from resources.sources.landing.manifests import Manifest
from resources.sources.landing.month_files import MonthSplit
from resources.sources.landing.name_patterns import NamePattern, name_pattern


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class FilesSource:
    """Delivered files: `<landing>/<path>/<YYYY-MM-DD>/*`, one folder a business date.

    Make one with `files()`, which checks its arguments. `folders` and `values` fill columns that
    the files do not hold.

    Attributes:
        path: Folder below the landing root, as a relative POSIX path.
        format: csv, jsonl (one JSON object a line) or parquet. A text file whose name ends in
            `.gz` is gunzipped.
        encoding: Encoding of text files, by its Python name. A UTF-8 byte order mark is skipped.
        delimiter: What separates the fields of a CSV line, one character.
        quote: What encloses CSV fields and is doubled inside them; "" if nothing does.
        preamble_lines: Lines before the header of a CSV file.
        trailer_lines: Lines after its last row, blank lines at the end of the file not counted.
        null_texts: Texts that mean NULL, quoted or not. Default: the empty text in CSV, no text
            in JSON lines and Parquet, which have nulls of their own.
        trim: Whether spaces and tabs around texts are dropped. Numbers, dates and timestamps
            may have them around either way.
        columns: Contract column -> name in the file, where the names differ.
        folders: Folders below the day's folder, with the columns that their names give:
            "database_{shard_database}/table_{shard_table}"; None: the files of a day lie side by
            side. The marker lies in the day's folder either way.
        values: Contract column -> its one value for all rows of the source, as text.
        currency_signs: What may stand before a decimal number and is dropped, as in ¥12.00.
        time_zone: Time zone of timestamps that state none; None: the business time zone. A local
            time that a clock change skips counts as one hour later, one that it repeats as the
            second of the two (DuckDB's rule).
        timestamp_formats: Formats (strptime) tried in turn where a text is not ISO 8601.
        date_formats: The same for dates.
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
    trailer_lines: int = 0
    null_texts: tuple[str, ...] = ("",)
    trim: bool = False
    columns: Mapping[str, str] = field(default_factory=_nothing)
    folders: FolderPattern | None = None
    values: Mapping[str, str] = field(default_factory=_nothing)
    currency_signs: tuple[str, ...] = ()
    time_zone: str | None = None
    timestamp_formats: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
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
        return self.columns.get(column, column)

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
        # A format may be a declaration of its own, which has a name.
        return file_names(str(getattr(self.format, "name", self.format)), self.pattern)

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


def files(
    path: str,
    *,
    format: Format,  # noqa: A002
    encoding: str = "utf-8",
    delimiter: str = ",",
    quote: str = '"',
    preamble_lines: int = 0,
    trailer_lines: int = 0,
    null_texts: Sequence[str] | None = None,
    trim: bool = False,
    columns: Mapping[str, str] | None = None,
    folders: str | None = None,
    values: Mapping[str, str] | None = None,
    currency_signs: Sequence[str] = (),
    time_zone: str | None = None,
    timestamp_formats: Sequence[str] = (),
    date_formats: Sequence[str] = (),
    tolerance: Decimal | str | int = Decimal(0),
    done_marker: str | None = "_SUCCESS",
    pattern: str | None = None,
    complete: CompleteDay | None = None,
    limits: Limits | None = None,
    archive: ZipArchive | None = None,
    manifest: Manifest | None = None,
    split: MonthSplit | None = None,
) -> FilesSource:
    """Declare files as a table's source; `FilesSource` says what each argument means.

    Raises:
        SettingsError: If an argument makes no sense; says which one and what would.
    """
    if null_texts is None:
        null_texts = ("",) if format == "csv" else ()
    source = FilesSource(
        path=path,
        format=format,
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        preamble_lines=preamble_lines,
        trailer_lines=trailer_lines,
        null_texts=texts("null_texts", null_texts),
        trim=trim,
        columns=MappingProxyType(dict(columns or {})),
        folders=None if folders is None else folder_pattern(folders),
        values=MappingProxyType(dict(values or {})),
        currency_signs=texts("currency_signs", currency_signs),
        time_zone=time_zone,
        timestamp_formats=texts("timestamp_formats", timestamp_formats),
        date_formats=texts("date_formats", date_formats),
        tolerance=share(tolerance),
        done_marker=done_marker,
        pattern=None if pattern is None else name_pattern("pattern", pattern, ignores_case=True),
        complete=complete,
        limits=limits or Limits(),
        archive=archive,
        manifest=manifest,
        split=split,
    )
    check_files(source)
    return source
