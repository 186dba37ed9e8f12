"""How delivered files differ from those that were loaded: by content, not by their times."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from resources.errors import LedgerlakeError
from resources.lake.model.publication_record import SourceFile
from resources.sources.declaration.union import Source
from resources.sources.delivery.delivery import Delivered
from resources.sources.landing.content_digests import content_digest

# Times of files are coarse: of a file that was written this shortly before it was read, equal
# times do not prove that it was not written again.
_SETTLED_NS = 2_000_000_000


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


def is_untouched(recorded: Delivered, now: Delivered) -> bool:
    """Whether the file system says that nobody can have written to the file since."""
    return recorded.changed_ns != 0 and _facts(recorded) == _facts(now)


def changed_since(
    recorded: Iterable[Delivered], now: Iterable[Delivered], landing: Path
) -> list[str]:
    """What differs between the files loaded and the files there now, one sentence a file.

    A file is read again only where the file system cannot rule out that it changed. Records of
    earlier versions hold no digest: of their files, size and time are compared.

    Args:
        recorded: The files as they were loaded.
        now: The files that are there.
        landing: The landing root.
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
    if is_untouched(old, new):
        return None
    try:
        is_same = content_digest(landing / new.path) == old.digest
    except LedgerlakeError as error:
        return f"cannot be read again: {error.message}"
    return None if is_same else "changed: other content of the same size"


def _facts(file: Delivered) -> tuple[int, int, int, int]:
    return file.size, file.modified_ns, file.changed_ns, file.inode
