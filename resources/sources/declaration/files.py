"""What a table says about files delivered to it: where they lie and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from resources.sources.declaration.checks import check_files, share, texts
from resources.sources.declaration.column_origins import Origin
from resources.sources.declaration.files_source import FilesSource, Format
from resources.sources.declaration.folders import folder_pattern
from resources.sources.declaration.layout import Layout
from resources.sources.declaration.numbers import Number, checked_numbers
from resources.sources.declaration.record_format import RecordFormat
from resources.sources.declaration.time_formats import Epoch
from resources.sources.landing.archives import ZipArchive
from resources.sources.landing.complete_day import CompleteDay
from resources.sources.landing.limits import Limits
from resources.sources.landing.manifests import Manifest
from resources.sources.landing.month_files import MonthSplit
from resources.sources.landing.name_patterns import name_pattern


def files(
    path: str,
    *,
    format: Format,  # noqa: A002
    encoding: str = "utf-8",
    delimiter: str = ",",
    quote: str = '"',
    preamble_lines: int = 0,
    layout: Layout | None = None,
    final_line_end: bool = True,
    null_texts: Sequence[str] | None = None,
    trim: bool = False,
    columns: Mapping[str, str | Origin] | None = None,
    folders: str | None = None,
    values: Mapping[str, str] | None = None,
    numbers: Number | None = None,
    column_numbers: Mapping[str, Number] | None = None,
    column_null_texts: Mapping[str, Sequence[str]] | None = None,
    fold_width: bool = False,
    time_zone: str | None = None,
    timestamp_formats: Sequence[str] = (),
    date_formats: Sequence[str] = (),
    zone_offsets: Mapping[str, str] | None = None,
    epochs: Mapping[str, Epoch] | None = None,
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
        if isinstance(format, RecordFormat):
            null_texts = format.null_texts
        else:
            null_texts = ("",) if format in ("csv", "fixed_width") else ()
    source = FilesSource(
        path=path,
        format=format,
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        preamble_lines=preamble_lines,
        layout=layout,
        final_line_end=final_line_end,
        null_texts=texts("null_texts", null_texts),
        trim=trim,
        columns=MappingProxyType(dict(columns or {})),
        folders=None if folders is None else folder_pattern(folders),
        values=MappingProxyType(dict(values or {})),
        numbers=numbers,
        column_numbers=checked_numbers(column_numbers),
        column_null_texts=MappingProxyType(
            {
                name: texts(f"column_null_texts of {name}", given)
                for name, given in (column_null_texts or {}).items()
            }
        ),
        fold_width=fold_width,
        time_zone=time_zone,
        timestamp_formats=texts("timestamp_formats", timestamp_formats),
        date_formats=texts("date_formats", date_formats),
        zone_offsets=MappingProxyType(dict(zone_offsets or {})),
        epochs=MappingProxyType(dict(epochs or {})),
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
