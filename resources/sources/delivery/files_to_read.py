"""From what lies in a day's folders to the files that are read: unpacked, and as stated."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from resources.errors import SourceError
from resources.sources.declaration.files_source import FilesSource
from resources.sources.delivery.day_folder import Delivered, LeftAlone, Listing
from resources.sources.landing.archives import unpack
from resources.sources.landing.manifests import Manifest, Stated, check_stated
from resources.sources.landing.regular_files import open_regular, rows_digest

FilesAndLeft: TypeAlias = "tuple[Sequence[FileToRead], Sequence[LeftAlone]]"
"""The files of rows, and what is left alone."""


@dataclass(frozen=True)
class FileToRead:
    """One file of rows.

    Attributes:
        file: What its rows say of themselves; a member's path is that of its archive, and its name.
        path: Where its bytes are.
        origin: The delivered file: itself, or the archive that holds it.
        stated: What the sender states of it.
    """

    file: Delivered
    path: Path
    origin: Delivered
    stated: Stated = field(default_factory=Stated)
    is_text: bool = False
    """Whether its rows are lines of text."""

    def require_as_listed(self) -> None:
        """Raise SourceError where another file lies there now: the engine would wait for a pipe."""
        with open_regular(self.path) as file:
            number = os.fstat(file.fileno()).st_ino
        if self.origin is self.file and number != self.file.inode:
            raise SourceError(
                f"{self.path} was replaced while it was read",
                "Run again once the sender is done; have it write the marker file last.",
            )


def files_to_read(part: FilesSource, listing: Listing, landing: Path, folder: Path) -> FilesAndLeft:
    """The files of rows, compared with what the sender states; unpacks archives into `folder`."""
    if part.archive:
        return _members(part, listing, landing, folder)
    files = [
        FileToRead(file, landing / file.path, file, is_text=part.is_text) for file in listing.files
    ]
    notes: list[LeftAlone] = []
    if part.manifest:
        notes = [each for each in listing.left if part.manifest.pattern.fits(_name(each.path))]
    checked: list[FileToRead] = []
    for period, of_period in groupby(files, key=lambda each: each.file.partition):
        place = f"{part.path}/{part.period_name(period)}"
        by_name = {each.file.path.removeprefix(f"{place}/"): each for each in of_period}
        stated = _stated(
            part.manifest,
            {
                each.path.removeprefix(f"{place}/"): landing / each.path
                for each in notes
                if each.partition == period
            },
            {name: each.path for name, each in by_name.items()},
            place,
        )
        checked += (replace(each, stated=stated[name]) for name, each in by_name.items())
    return checked, [each for each in listing.left if each not in notes]


def _members(part: FilesSource, listing: Listing, landing: Path, folder: Path) -> FilesAndLeft:
    files: list[FileToRead] = []
    left = list(listing.left)
    for number, archive in enumerate(listing.files):
        place = folder / f"{number:06d}"
        place.mkdir(parents=True)
        found = unpack(landing / archive.path, part.data_names, part.limits, place)
        stated = _stated(
            part.manifest,
            {member.name: member.path for member in found.notes},
            {member.name: member.path for member in found.data},
            archive.path,
        )
        for member in found.data:
            of_member = replace(
                archive,
                path=f"{archive.path}/{member.name}",
                size=member.path.stat().st_size,
                values={**archive.values, **part.data_names.values(member.name)},
            )
            files.append(
                FileToRead(of_member, member.path, archive, stated[member.name], part.is_text)
            )
        unread = [*found.left]
        if part.manifest is None:
            unread += (member.name for member in found.notes)
        left += (
            LeftAlone(f"{archive.path}/{name}", archive.partition, "it is no data of the archive")
            for name in unread
        )
    return files, left


def _stated(
    manifest: Manifest | None, notes: Mapping[str, Path], files: Mapping[str, Path], place: str
) -> Mapping[str, Stated]:
    if manifest is None:
        return dict.fromkeys(files, Stated())
    return check_stated(manifest, notes, files, place)


def require_as_stated(read: Sequence[tuple[FileToRead, int]]) -> None:
    """Raise SourceError if a file holds another number of rows than its sender states."""
    for each, rows in read:
        if each.stated.rows is not None and each.stated.rows != rows:
            raise SourceError(
                f"{each.file.path} holds {rows:,} rows; its manifest says {each.stated.rows:,}",
                "Have the file or its manifest delivered again.",
            )


def require_different(read: Sequence[tuple[FileToRead, int]], digests: Mapping[str, str]) -> None:
    """Raise SourceError if two files with rows have one content, one day and one place."""
    alike: dict[tuple[int, *tuple[object, ...]], list[FileToRead]] = {}
    for each, rows in read:
        if rows:
            values = tuple(sorted(each.file.values.items()))
            alike.setdefault((rows, each.file.partition, values), []).append(each)
    for (rows, *_), files in alike.items():
        first: dict[str, str] = {}
        for each in files if len(files) > 1 else ():
            digest = rows_digest(each.path, digests.get(each.file.path, ""), is_text=each.is_text)
            other = first.setdefault(digest, each.file.path)
            if other != each.file.path:
                raise SourceError(
                    f"{other} and {each.file.path} hold the same {rows:,} rows: they would count "
                    "twice",
                    "Remove one of them, or have the right file delivered.",
                )


def _name(path: str) -> str:
    return PurePosixPath(path).name
