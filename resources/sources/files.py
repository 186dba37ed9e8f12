"""What a table says about files delivered to it: where they lie and how they are written."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, Literal, get_args
from zoneinfo import available_timezones

from resources.errors import SettingsError

Format = Literal["csv", "jsonl", "parquet"]

_TEXT_ONLY = ("encoding",)
_CSV_ONLY = ("delimiter", "quote", "preamble_lines", "trailer_lines")


@dataclass(frozen=True)
class FilesSource:
    """Delivered files: `<landing>/<path>/<YYYY-MM-DD>/*`, one folder a business date.

    Make one with `files()`, which checks its arguments.

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
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    time_zone: str | None = None
    timestamp_formats: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    tolerance: Decimal = Decimal(0)
    done_marker: str | None = "_SUCCESS"

    def name_in_file(self, column: str) -> str:
        """What the contract's column is called in the delivered files."""
        return self.columns.get(column, column)


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
        null_texts = ("",) if format == "csv" else ()
    source = FilesSource(
        path=path,
        format=format,
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        preamble_lines=preamble_lines,
        trailer_lines=trailer_lines,
        null_texts=_texts("null_texts", null_texts),
        trim=trim,
        columns=MappingProxyType(dict(columns or {})),
        time_zone=time_zone,
        timestamp_formats=_texts("timestamp_formats", timestamp_formats),
        date_formats=_texts("date_formats", date_formats),
        tolerance=_share(tolerance),
        done_marker=done_marker,
    )
    _check_place(source)
    _check_format(source)
    _check_dialect(source)
    _check_times(source)
    return source


def _refuse(what: str, next_step: str) -> SettingsError:
    return SettingsError(f"files(): {what}", next_step)


def _texts(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    if isinstance(texts, str):
        raise _refuse(f"{name} is one text, not a sequence of texts", f"Write {name}=({texts!r},).")
    return tuple(texts)


def _share(tolerance: Any) -> Decimal:
    try:
        share = Decimal(str(tolerance))
    except InvalidOperation:
        share = Decimal(-1)
    if not share.is_finite() or not 0 <= share <= 1:
        raise _refuse(
            f"tolerance {tolerance!r} is no share of a day's rows",
            'Give a number from 0 to 1, as in tolerance="0.001" for one row in a thousand.',
        )
    return share


def _check_place(source: FilesSource) -> None:
    parts = PurePosixPath(source.path).parts
    if not parts or parts[0] == "/" or ".." in parts or "\\" in source.path:
        raise _refuse(
            f"path {source.path!r} is no folder below the landing root",
            'Give a relative path, as in files("order_center/order", ...).',
        )
    if source.done_marker is not None and PurePosixPath(source.done_marker).name != (
        source.done_marker
    ):
        raise _refuse(
            f"done_marker {source.done_marker!r} is no file name",
            'Name a file inside the day\'s folder, as in "_SUCCESS", or None for no marker.',
        )


def _check_format(source: FilesSource) -> None:
    formats = get_args(Format)
    if source.format not in formats:
        near = difflib.get_close_matches(str(source.format), formats, 1, 0.3)
        raise _refuse(
            f"there is no format {source.format!r}",
            f"Did you mean {near[0]!r}?" if near else f"Take one of {', '.join(formats)}.",
        )
    unused = {"csv": (), "jsonl": _CSV_ONLY, "parquet": _CSV_ONLY + _TEXT_ONLY}[source.format]
    fields = FilesSource.__dataclass_fields__
    for name in unused:
        if getattr(source, name) != fields[name].default:
            raise _refuse(f"{name} means nothing for {source.format} files", f"Leave {name} out.")


def _check_dialect(source: FilesSource) -> None:
    try:
        is_text = codecs.lookup(source.encoding)._is_text_encoding  # pyright: ignore
    except LookupError:
        is_text = False
    if not is_text:
        raise _refuse(
            f"there is no encoding {source.encoding!r}",
            'Use a name that Python knows, as in "utf-8", "gbk", "latin-1".',
        )
    if len(source.delimiter) != 1 or source.delimiter in "\r\n":
        raise _refuse(
            f"delimiter {source.delimiter!r} is not one character",
            r'Give one character, as in "," or ";" or "\t".',
        )
    if len(source.quote) > 1 or (source.quote and source.quote in source.delimiter + "\r\n"):
        raise _refuse(
            f"quote {source.quote!r} is neither one character nor empty",
            'Give a character other than the delimiter, or quote="" if fields are not quoted.',
        )
    for name in ("preamble_lines", "trailer_lines"):
        if getattr(source, name) < 0:
            raise _refuse(f"{name} is negative", "Give the number of lines, 0 for none.")


def _check_times(source: FilesSource) -> None:
    if source.time_zone is not None and source.time_zone not in available_timezones():
        near = difflib.get_close_matches(source.time_zone, available_timezones(), 1)
        raise _refuse(
            f"there is no time zone {source.time_zone!r}",
            f"Did you mean {near[0]!r}?" if near else 'Use a name as in "Asia/Shanghai".',
        )
    for name in ("timestamp_formats", "date_formats"):
        for text in getattr(source, name):
            if "%" not in text:
                raise _refuse(
                    f"{name} holds {text!r}, which names no part of a date",
                    'Write it as strptime does, as in "%m/%d/%Y %H:%M".',
                )
