"""Which files were delivered for which day, and how they differ from those that were loaded."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from operator import attrgetter
from pathlib import Path

from resources.errors import InputMissing, LedgerlakeError
from resources.lake.model.publication_record import SourceFile
from resources.lake.model.window import Window
from resources.sources.declaration.files import Source
from resources.sources.declaration.files_source import FilesSource
from resources.sources.delivery.day_folder import DayFolder, Delivered, Listing
from resources.sources.landing.regular_files import content_digest

_NAMED_AT_MOST = 5
# What the file system says of a file.
_FACTS = attrgetter("size", "modified_ns", "changed_ns", "inode")

# Times of files are coarse: of a file that was written this shortly before it was read, equal
# times do not prove that it was not written again.
_SETTLED_NS = 2_000_000_000


def delivered(source: Source, landing: Path, window: Window) -> tuple[Delivered, ...]:
    """List the files of every day of the window: source by source, by day and name.

    Raises:
        InputMissing: If a day's folder, its marker, or a declared folder or file is not there.
        SourceError: If something in the folders must be put right first; names it.
    """
    return tuple(one for part in source.parts for one in listed(part, landing, window).files)


def listed(part: FilesSource, landing: Path, window: Window) -> Listing:
    """What lies in the folders of the window's days, of one part of a source; see `delivered`.

    Names that start with `_` or `.`, and the marker, are not data.
    """
    _require_complete(part, landing / part.path, window)
    days = [DayFolder(part, landing, day) for day in _folders(part, window)]
    found = [day.listing() for day in days]
    return Listing(
        tuple(file for each in found for file in each.files),
        tuple(other for each in found for other in each.left),
    )


def is_marked(source: Source, landing: Path, window: Window) -> bool:
    """Whether every day's folder is there and says that the day is complete."""
    try:
        for part in source.parts:
            _require_complete(part, landing / part.path, window)
    except InputMissing:
        return False
    return True


def _folders(part: FilesSource, window: Window) -> list[date]:
    """The first day of each folder that holds rows of the window."""
    return list(dict.fromkeys(part.period_of(day) for day in window))


def _require_complete(source: FilesSource, folder: Path, window: Window) -> None:
    periods = [source.period_name(day) for day in _folders(source, window)]
    missing = [name for name in periods if not (folder / name).is_dir()]
    if missing:
        raise InputMissing(
            f"{source.path}: nothing was delivered for {_some(missing)}: "
            f"no folder {folder / missing[0]}",
            "Wait for the delivery or ask its owner; for a day without rows, deliver a folder "
            f"that holds {source.done_marker or 'nothing'}.",
        )
    marker = source.done_marker
    if marker is None:
        return
    unmarked = [name for name in periods if not (folder / name / marker).exists()]
    if unmarked:
        raise InputMissing(
            f"{source.path}: the delivery of {_some(unmarked)} is not complete: "
            f"{folder / unmarked[0]} holds no {marker}",
            f"Wait until the sender writes {marker}, or declare done_marker=None if it never does.",
        )


def _some(names: Sequence[str]) -> str:
    named = ", ".join(names[:_NAMED_AT_MOST])
    rest = len(names) - _NAMED_AT_MOST
    return named if rest <= 0 else f"{named} and {rest} more days"


def files_of_days(
    source: Source, recorded: Iterable[SourceFile], days: Iterable[date]
) -> list[SourceFile]:
    """Of the files that a publication read, those that lay in the folders of the days."""
    folders = {f"/{part.period_name(day)}/" for day in days for part in source.parts}
    return [file for file in recorded if any(folder in f"/{file.path}" for folder in folders)]


def recorded_files(source: Source, recorded: Iterable[SourceFile], day: date) -> list[Delivered]:
    """The files of a day as they were loaded."""
    return [_as_delivered(file, day) for file in files_of_days(source, recorded, [day])]


def change_of(file: SourceFile, landing: Path) -> str:
    """How the file that is there differs from the one that was loaded; empty: it does not."""
    path = landing / file.path
    try:
        found = path.stat()
    except FileNotFoundError:
        return "gone"
    if found.st_size != file.size:
        return f"changed: {found.st_size:,} bytes now"
    old = _as_delivered(file, date.min)
    now = replace(
        old,
        modified_ns=found.st_mtime_ns,
        changed_ns=found.st_ctime_ns,
        inode=found.st_ino,
    )
    return _difference(old, now, landing) or ""


def _as_delivered(file: SourceFile, day: date) -> Delivered:
    return Delivered(
        file.path,
        file.size,
        file.modified_ns,
        day,
        file.rows,
        changed_ns=file.changed_ns,
        inode=file.inode,
        digest=file.digest,
    )


def settled(file: Delivered) -> Delivered:
    """The file as it is recorded once its digest is known: with a time that proves something."""
    is_settled = time.time_ns() - file.changed_ns > _SETTLED_NS
    return file if is_settled else replace(file, changed_ns=0)


def changed_since(
    recorded: Iterable[Delivered], now: Iterable[Delivered], landing: Path
) -> list[str]:
    """What differs between the files loaded and the files there now, one sentence a file.

    A file is read again only where the file system cannot rule out that it changed. Records of
    earlier versions hold no digest: of their files, size and time are compared.
    """
    before = {one.path: one for one in recorded}
    after = {one.path: one for one in now}
    differences: list[str] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old is None:
            differences.append(f"{path} was added")
        elif new is None:
            differences.append(f"{path} was removed")
        elif old.size != new.size:
            differences.append(f"{path} changed: {old.size:,} bytes became {new.size:,}")
        elif difference := _difference(old, new, landing):
            differences.append(f"{path} {difference}")
    return differences


def _difference(old: Delivered, new: Delivered, landing: Path) -> str | None:
    if not old.digest:
        is_same = old.modified_ns == new.modified_ns
        return None if is_same else "was written again: same size, newer or older time"
    if old.changed_ns and _FACTS(old) == _FACTS(new):
        # Nobody can have written to the file since.
        return None
    try:
        is_same = content_digest(landing / new.path) == old.digest
    except LedgerlakeError as error:
        return f"cannot be read again: {error.message}"
    return None if is_same else "changed: other content of the same size"
