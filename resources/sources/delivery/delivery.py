"""Which files were delivered for which day. Looks at folders only, reads no file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from resources.errors import InputMissing
from resources.lake.model.window import Window
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.union import Source
from resources.sources.delivery.day_folder import DayFolder, Delivered, LeftAlone, Listing

__all__ = ["Delivered", "LeftAlone", "Listing", "delivered", "is_marked", "listed"]

_NAMED_AT_MOST = 5


def delivered(source: Source, landing: Path, window: Window) -> tuple[Delivered, ...]:
    """List the files of every day of the window: source by source, by day and name.

    Raises:
        InputMissing: If a day's folder, the marker that says it is complete, or a folder or file
            that the source declares is not there.
        SourceError: If something in the folders must be put right first; names it.
    """
    return tuple(one for part in source.parts for one in listed(part, landing, window).files)


def listed(part: FilesSource, landing: Path, window: Window) -> Listing:
    """What lies in the folders of the window's days, of one part of a source.

    Names that start with `_` or `.`, and the marker, are not data, and folders of such a name
    hold none. Raises as `delivered()`.
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
