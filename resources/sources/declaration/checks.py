"""Does a declaration of files make sense? Asked where it stands, before any file is looked at."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import Any, get_args
from zoneinfo import available_timezones

from resources.errors import SettingsError
from resources.sources.declaration.column_origins import (
    Characters,
    Field,
    LineField,
    UnitOf,
    fields_in_rows,
)
from resources.sources.declaration.files_source import FilesSource, FormatName
from resources.sources.declaration.parquet_format import Parquet
from resources.sources.declaration.record_format import RecordFormat
from resources.sources.declaration.time_formats import (
    check_epochs,
    check_formats,
    check_zone_offsets,
)

_TEXT_ONLY = ("encoding",)
_FIELDS_ONLY = ("delimiter", "quote")
_LINES_ONLY = ("preamble_lines", "layout", "final_line_end")
_CSV_ONLY = _FIELDS_ONLY + _LINES_ONLY
_NUMBERS_ONLY = ("numbers", "column_numbers")


def check_files(source: FilesSource) -> None:
    """Raise SettingsError for the first argument that makes no sense."""
    _check_place(source)
    _check_format(source)
    _check_dialect(source)
    _check_times(source)
    _check_columns(source)
    _check_delivery(source)
    _check_origins(source)


def texts(name: str, given: Sequence[str]) -> tuple[str, ...]:
    """The argument of that name as a tuple of texts.

    Raises:
        SettingsError: If it is one text, whose letters are a sequence as well.
    """
    if isinstance(given, str):
        raise _refused(
            f"{name} is one text, not a sequence of texts", f"Write {name}=({given!r},)."
        )
    return tuple(given)


def share(tolerance: Any) -> Decimal:
    """The tolerance as a share of one.

    Raises:
        SettingsError: If it is none.
    """
    try:
        found = Decimal(str(tolerance))
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= 1:
        raise _refused(
            f"tolerance {tolerance!r} is no share of a day's rows",
            'Give a number from 0 to 1, as in tolerance="0.001" for one row in a thousand.',
        )
    return found


def _refused(what: str, next_step: str) -> SettingsError:
    return SettingsError(f"files(): {what}", next_step)


def _check_place(source: FilesSource) -> None:
    parts = PurePosixPath(source.path).parts
    if not parts or parts[0] == "/" or ".." in parts or "\\" in source.path:
        raise _refused(
            f"path {source.path!r} is no folder below the landing root",
            'Give a relative path, as in files("order_center/order", ...).',
        )
    if source.done_marker is not None and PurePosixPath(source.done_marker).name != (
        source.done_marker
    ):
        raise _refused(
            f"done_marker {source.done_marker!r} is no file name",
            'Name a file inside the day\'s folder, as in "_SUCCESS", or None for no marker.',
        )


def _check_format(source: FilesSource) -> None:
    if isinstance(source.format, RecordFormat):
        name = source.format.name
        fields = _fields_named(source)
        source.format.check_names([each.name for each in fields if each.name is not None])
        unused = _CSV_ONLY + (() if source.format.takes_encoding else _TEXT_ONLY)
        unused += _NUMBERS_ONLY if source.format.has_own_numbers else ()
    else:
        given = source.format
        name = "parquet" if isinstance(given, Parquet) else _checked_name(given)
        unused = {
            "csv": (),
            "fixed_width": _FIELDS_ONLY,
            "jsonl": _CSV_ONLY,
            "parquet": _CSV_ONLY + _TEXT_ONLY,
        }[name]
        numbers = [source.numbers, *source.column_numbers.values()]
        if name in ("jsonl", "parquet") and any(one and one.fields_beside for one in numbers):
            raise _refused(
                f"a sign or currency beside a number is not read from {name} files",
                "Have amounts delivered with their sign, in units of their currency.",
            )
    declared = type(source).__dataclass_fields__
    for argument in unused:
        if getattr(source, argument) not in (declared[argument].default, {}):
            raise _refused(f"{argument} means nothing for {name} files", f"Leave {argument} out.")


def _fields_named(source: FilesSource) -> Sequence[Field]:
    """The fields of rows that the source names, of a format that is told apart into records.

    Raises:
        SettingsError: If one is a place that its rows do not have.
    """
    assert isinstance(source.format, RecordFormat)
    numbers = [source.numbers, *source.column_numbers.values()]
    beside = [field for one in numbers if one is not None for field in one.fields_beside]
    found: list[Field] = []
    for told in (*map(source.origin_of, source.columns), *beside):
        for each in (told,) if isinstance(told, LineField) else fields_in_rows(told):
            by_position = isinstance(each, Field) and each.position is not None
            if not isinstance(each, Field) or (by_position and not source.format.has_positions):
                raise _refused(
                    f"{source.format.name} files have no {each}", "Give the name of a column."
                )
            found.append(each)
    return found


def _checked_name(name: FormatName) -> FormatName:
    formats = get_args(FormatName)
    if name not in formats:
        near = difflib.get_close_matches(str(name), formats, 1, 0.3)
        raise _refused(
            f"there is no format {name!r}",
            f"Did you mean {near[0]!r}?" if near else f"Take one of {', '.join(formats)}.",
        )
    return name


def _check_dialect(source: FilesSource) -> None:
    try:
        is_text = codecs.lookup(source.encoding)._is_text_encoding  # pyright: ignore
    except LookupError:
        is_text = False
    if not is_text:
        raise _refused(
            f"there is no encoding {source.encoding!r}",
            'Use a name that Python knows, as in "utf-8", "gbk", "latin-1".',
        )
    if len(source.delimiter) != 1 or source.delimiter in "\r\n":
        raise _refused(
            f"delimiter {source.delimiter!r} is not one character",
            r'Give one character, as in "," or ";" or "\t".',
        )
    if len(source.quote) > 1 or (source.quote and source.quote in source.delimiter + "\r\n"):
        raise _refused(
            f"quote {source.quote!r} is neither one character nor empty",
            'Give a character other than the delimiter, or quote="" if fields are not quoted.',
        )
    if source.preamble_lines < 0:
        raise _refused("preamble_lines is negative", "Give the number of lines, 0 for none.")


def _check_times(source: FilesSource) -> None:
    if source.time_zone is not None and source.time_zone not in available_timezones():
        near = difflib.get_close_matches(source.time_zone, available_timezones(), 1)
        raise _refused(
            f"there is no time zone {source.time_zone!r}",
            f"Did you mean {near[0]!r}?" if near else 'Use a name as in "Asia/Shanghai".',
        )
    for name in ("timestamp_formats", "date_formats"):
        check_formats(name, getattr(source, name), source.zone_offsets)
    check_zone_offsets(source.zone_offsets)
    check_epochs(source.epochs)


def _check_columns(source: FilesSource) -> None:
    for name, value in source.values.items():
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _refused(
                f"values gives {name} the {type(value).__name__} {value!r}",
                f'Write the value as text, as a file would hold it: "{value}".',
            )
    for name in source.columns_given:
        if source.columns_given.count(name) > 1 or name in source.columns:
            raise _refused(
                f"column {name} gets its value from two places",
                "Leave one of columns, folders and values out for it.",
            )


def _check_delivery(source: FilesSource) -> None:
    if source.pattern is not None and "/" in source.pattern.text:
        raise _refused(
            f"pattern {source.pattern.text!r} holds a slash",
            "Write the name of a file alone; folders= says in which folders the files lie.",
        )
    in_braces = (*(source.folders.columns if source.folders else ()), *source.data_names.columns)
    for name in source.complete.values if source.complete else ():
        if name not in in_braces:
            raise _refused(
                f"complete_day() names {name}, which no folder and no file is named after",
                "Write it in braces into folders= or pattern=, or leave it out.",
            )
    if source.split and source.split.column in source.columns_given:
        raise _refused(
            f"by_day_of() names {source.split.column}, which is the same for all rows of a file",
            "Name a column of the file, or deliver a folder for each day.",
        )


def _check_origins(source: FilesSource) -> None:
    """Check that the columns' places in a row are ones that the format has."""
    for name, told in source.columns.items():
        if isinstance(told, str):
            continue
        if source.is_parquet:
            raise _refused(
                f"columns gives {name} a place in a row of text",
                "Give the name that the column has in the Parquet files.",
            )
        if isinstance(told, UnitOf):
            number = source.column_numbers.get(told.column, source.numbers)
            if number is None or number.unit is None:
                raise _refused(
                    f"{name} is the unit of {told.column}, whose numbers have none",
                    f"Write column_numbers={{{told.column!r}: number(unit=...)}}.",
                )
        places = fields_in_rows(told)
        is_text = source.format in ("csv", "fixed_width")
        is_fixed = source.format == "fixed_width"
        if (
            any(isinstance(each, Characters) != is_fixed for each in places)
            or (isinstance(told, LineField) and not is_text)
            or (source.format == "jsonl" and any(not getattr(each, "name", "") for each in places))
        ):
            raise _refused(
                f"columns gives {name} a place that the format's rows do not have",
                "Give characters() for fixed_width files, position() for others with rows of "
                "fields, and names for the rest.",
            )
