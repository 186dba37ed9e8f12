"""Does a declaration of files make sense? Asked where it stands, before any file is looked at."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import get_args
from zoneinfo import available_timezones

from resources.sources.declaration.column_origins import (
    Characters,
    Field,
    LineField,
    UnitOf,
    fields_in_rows,
)
from resources.sources.declaration.files_source import FilesSource, FormatName
from resources.sources.declaration.formats import Parquet, RecordFormat
from resources.sources.declaration.numbers import checked_numbers
from resources.sources.declaration.refusals import refused, require_word, texts
from resources.sources.declaration.time_formats import (
    Epoch,
    check_formats,
    check_zone_offsets,
)

_FIELDS_ONLY = ("delimiter", "quote")
_CSV_ONLY = (*_FIELDS_ONLY, "preamble_lines", "layout", "final_line_end")
# The arguments that mean nothing for files of a format.
_UNUSED: dict[FormatName, tuple[str, ...]] = {
    "csv": (),
    "fixed_width": _FIELDS_ONLY,
    "jsonl": _CSV_ONLY,
    "parquet": (*_CSV_ONLY, "encoding"),
}

_refused = partial(refused, "files")


def check_files(source: FilesSource) -> None:
    """Raise SettingsError for the first argument that makes no sense."""
    _check_place(source)
    _check_sequences(source)
    _check_format(source)
    _check_dialect(source)
    _check_times(source)
    _check_columns(source)
    _check_delivery(source)
    _check_origins(source)


def _check_place(source: FilesSource) -> None:
    parts = PurePosixPath(source.path).parts
    if not parts or parts[0] == "/" or ".." in parts or "\\" in source.path:
        raise _refused(
            f"path {source.path!r} is no folder below the landing root",
            'Give a relative path, as in files("order_center/order", ...).',
        )
    marker = source.done_marker
    if marker is not None and PurePosixPath(marker).name != marker:
        raise _refused(
            f"done_marker {marker!r} is no file name",
            'Name a file inside the day\'s folder, as in "_SUCCESS", or None for no marker.',
        )


def _check_sequences(source: FilesSource) -> None:
    for name in ("timestamp_formats", "date_formats"):
        texts("files", name, getattr(source, name))
    for name, given in source.column_null_texts.items():
        texts("files", f"column_null_texts of {name}", given)
    checked_numbers(source.column_numbers)
    # Each of these is worked out from an argument, or refuses it.
    _ = source.nulls, source.tolerated, source.folder_pattern, source.name_pattern


def _check_format(source: FilesSource) -> None:
    if isinstance(source.format, RecordFormat):
        name = source.format.name
        source.format.check_names(_names_told(source, source.format))
        unused = _CSV_ONLY + (() if source.format.takes_encoding else ("encoding",))
        unused += ("numbers", "column_numbers") if source.format.has_own_numbers else ()
    else:
        name = "parquet" if isinstance(source.format, Parquet) else _checked_name(source.format)
        unused = _UNUSED[name]
        if name in ("jsonl", "parquet") and any(source.fields_beside):
            raise _refused(
                f"a sign or currency beside a number is not read from {name} files",
                "Have amounts delivered with their sign, in units of their currency.",
            )
    declared = type(source).__dataclass_fields__
    for argument in unused:
        if getattr(source, argument) not in (declared[argument].default, {}):
            raise _refused(f"{argument} means nothing for {name} files", f"Leave {argument} out.")


def _names_told(source: FilesSource, its_format: RecordFormat) -> Sequence[str]:
    """The names of fields that the source refers to, of a format that gives records."""
    found: list[str] = []
    for told in (*map(source.origin_of, source.columns), *source.fields_beside):
        for each in (told,) if isinstance(told, LineField) else fields_in_rows(told):
            by_position = isinstance(each, Field) and each.position is not None
            if not isinstance(each, Field) or (by_position and not its_format.has_positions):
                raise _refused(f"{its_format.name} files have no {each}", "Name a column.")
            found += [] if each.name is None else [each.name]
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
    for name, unit in source.epochs.items():
        require_word("files", f"epochs of {name}", unit, get_args(Epoch))


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
    if source.pattern is not None and "/" in source.pattern:
        raise _refused(
            f"pattern {source.pattern!r} holds a slash",
            "Write the name of a file alone; folders= says in which folders the files lie.",
        )
    folders = source.folder_pattern
    in_braces = (*(folders.columns if folders else ()), *source.data_names.columns)
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
            number = source.number(told.column)
            if number is None or number.unit is None:
                raise _refused(
                    f"{name} is the unit of {told.column}, whose numbers have none",
                    f"Write column_numbers={{{told.column!r}: number(unit=...)}}.",
                )
        places = fields_in_rows(told)
        is_fixed = source.format == "fixed_width"
        if (
            any(isinstance(each, Characters) != is_fixed for each in places)
            or (isinstance(told, LineField) and not (is_fixed or source.format == "csv"))
            or (source.format == "jsonl" and any(not getattr(each, "name", "") for each in places))
        ):
            raise _refused(
                f"columns gives {name} a place that the format's rows do not have",
                "Give characters() for fixed_width files, position() for others with rows of "
                "fields, and names for the rest.",
            )
