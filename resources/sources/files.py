"""What a table says about files delivered to it: where they lie and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from resources.sources.files_checks import Format, check_files, share, texts
from resources.sources.folders import FolderPattern, folder_pattern
from resources.sources.formats.record_format import RecordFormat


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class FilesSource:
    """Delivered files: `<landing>/<path>/<YYYY-MM-DD>/*`, one folder a business date.

    Make one with `files()`, which checks its arguments. `folders` and `values` fill columns that
    the files do not hold.

    Attributes:
        path: Folder below the landing root, as a relative POSIX path.
        format: csv, jsonl (one JSON object a line), parquet, or a declared format with what it
            needs to know. A file whose name ends in `.gz` is gunzipped, but for Parquet.
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

    def name_in_file(self, column: str) -> str:
        """What the contract's column is called in the delivered files."""
        return self.columns.get(column, column)

    @property
    def place(self) -> str:
        """Where its files lie below the landing root, as people read it."""
        folders = f"{self.folders.text}/" if self.folders else ""
        return f"{self.path}/<business date>/{folders}"

    @property
    def parts(self) -> tuple[FilesSource, ...]:
        """The sources of files that it is made of: itself."""
        return (self,)

    @property
    def columns_given(self) -> tuple[str, ...]:
        """The columns that are in no file: a file's place or the declaration gives their values."""
        return (*self.values, *(self.folders.columns if self.folders else ()))


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
) -> FilesSource:
    """Declare files as a table's source; `FilesSource` says what each argument means.

    Raises:
        SettingsError: If an argument makes no sense; says which one and what would.
    """
    if null_texts is None:
        if isinstance(format, RecordFormat):
            null_texts = format.null_texts
        else:
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
    )
    check_files(source)
    return source
