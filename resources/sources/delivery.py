"""Which files were delivered for which day. Looks at folders only, reads no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from resources.errors import InputMissing, SourceError
from resources.lake.window import Window
from resources.sources.files import FilesSource
from resources.sources.several import Source

_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Delivered:
    """One delivered file: what a publish records of it, to notice later that it changed.

    Attributes:
        path: Path below the landing root, with forward slashes.
        size: Bytes.
        modified_ns: Modification time, nanoseconds since 1970.
        partition: Business date of the folder it lies in.
        rows: Rows read from it, accepted and rejected; None: not read yet.
        values: Column -> value, as text, that all its rows have: from its place or its source.
    """

    path: str
    size: int
    modified_ns: int
    partition: date
    rows: int | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])


def delivered(source: Source, landing: Path, window: Window) -> tuple[Delivered, ...]:
    """List the files of every day of the window: source by source, by day and name.

    Names that start with `_` or `.`, and the marker, are not data, and folders of such a name
    hold none. A complete day without files is an empty day.

    Raises:
        InputMissing: If a day's folder, or the marker that says it is complete, is not there.
        SourceError: If a file does not lie in the folders that the source declares.
    """
    return tuple(one for part in source.parts for one in delivered_by(part, landing, window))


def delivered_by(part: FilesSource, landing: Path, window: Window) -> tuple[Delivered, ...]:
    """`delivered()` of one part of a source."""
    folder = landing / part.path
    _require_complete(part, folder, window)
    return tuple(one for day in window for one in _files_of_day(part, landing, day))


def changed_since(recorded: Iterable[Delivered], now: Iterable[Delivered]) -> list[str]:
    """What differs between the files loaded and the files there now, one sentence a file."""
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
        elif old.modified_ns != new.modified_ns:
            differences.append(f"{path} was written again: same size, newer or older time")
    return differences


def _require_complete(source: FilesSource, folder: Path, window: Window) -> None:
    missing = [day for day in window if not (folder / day.isoformat()).is_dir()]
    if missing:
        raise InputMissing(
            f"{source.path}: nothing was delivered for {_days(missing)}: "
            f"no folder {folder / missing[0].isoformat()}",
            "Wait for the delivery or ask its owner; for a day without rows, deliver a folder "
            f"that holds {source.done_marker or 'nothing'}.",
        )
    marker = source.done_marker
    if marker is None:
        return
    unmarked = [day for day in window if not (folder / day.isoformat() / marker).exists()]
    if unmarked:
        raise InputMissing(
            f"{source.path}: the delivery of {_days(unmarked)} is not complete: "
            f"{folder / unmarked[0].isoformat()} holds no {marker}",
            f"Wait until the sender writes {marker}, or declare done_marker=None if it never does.",
        )


def _files_of_day(source: FilesSource, landing: Path, day: date) -> Iterator[Delivered]:
    folder = landing / source.path / day.isoformat()
    depth = source.folders.depth if source.folders else 0
    for entry in _entries(folder, depth, source.done_marker):
        place = entry.relative_to(folder).parent
        given = _values(source, entry, place)
        status = entry.stat()
        yield Delivered(
            entry.relative_to(landing).as_posix(),
            status.st_size,
            status.st_mtime_ns,
            day,
            values={**source.values, **given},
        )


def _entries(folder: Path, depth: int, marker: str | None = None) -> Iterator[Path]:
    """What lies in the folder, down to `depth` levels below it, by name."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(("_", ".")) or entry.name == marker:
            continue
        if depth and entry.is_dir():
            yield from _entries(entry, depth - 1)
        else:
            yield entry


def _values(source: FilesSource, entry: Path, place: Path) -> Mapping[str, str]:
    """What the folders of a file say of its rows."""
    pattern = source.folders
    if pattern is None:
        if entry.is_dir():
            raise SourceError(
                f"{entry} is a folder inside the folder of a day",
                "Put the files of a day side by side in the day's folder, or declare what the "
                'folders\' names say, as in files(..., folders="region_{region}").',
            )
        return {}
    found = pattern.values(place.as_posix())
    if found is None or entry.is_dir():
        raise SourceError(
            f"{entry} does not lie where the source says: <day>/{pattern.text}/<file>",
            "Have it delivered there, or correct folders= of the source.",
        )
    return found


def _days(days: list[date]) -> str:
    named = ", ".join(day.isoformat() for day in days[:_NAMED_AT_MOST])
    rest = len(days) - _NAMED_AT_MOST
    return named if rest <= 0 else f"{named} and {rest} more days"
