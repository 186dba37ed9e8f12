"""From what lies in a day's folders to the files that are read: unpacked, and as stated."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path, PurePosixPath

from resources.errors import SourceError
from resources.sources.declaration.files_source import FilesSource
from resources.sources.delivery.delivery import Delivered, LeftAlone, Listing
from resources.sources.landing.archives import unpack
from resources.sources.landing.content_digests import rows_digest
from resources.sources.landing.manifests import Manifest, Stated, check_stated
from resources.sources.landing.regular_files import open_regular


@dataclass(frozen=True)
class FileToRead:
    """One file of rows.

    Attributes:
        file: What its rows say of themselves; a member's path is that of its archive, and its name.
        path: Where its bytes are.
        origin: The delivered file: itself, or the archive that holds it.
        stated: What the sender states of it.
        is_text: Whether its rows are lines of text.
    """

    file: Delivered
    path: Path
    origin: Delivered
    stated: Stated = field(default_factory=Stated)
    is_text: bool = False

    def require_as_listed(self) -> None:
        """Raise SourceError where another file lies there now: the engine would wait for a pipe."""
        with open_regular(self.path) as file:
            number = os.fstat(file.fileno()).st_ino
        if self.origin is self.file and number != self.file.inode:
            raise SourceError(
                f"{self.path} was replaced while it was read",
                "Run again once the sender is done; have it write the marker file last.",
            )


@dataclass(frozen=True)
class FilesToRead:
    """All of them, and what is left alone."""

    files: tuple[FileToRead, ...]
    left: tuple[LeftAlone, ...]


def files_to_read(part: FilesSource, listing: Listing, landing: Path, folder: Path) -> FilesToRead:
    """Make ready what lies there.

    Args:
        part: What the table declares.
        listing: What lies in the folders of the days.
        landing: The landing root.
        folder: A folder to unpack archives into; made if there are some.

    Raises:
        InputMissing: If the sender states a file that is not there, or nothing of one that is.
        SourceError: If an archive cannot be unpacked, or a file is another than is stated.
    """
    if part.archive:
        return _members(part, listing, landing, folder)
    files = [
        FileToRead(file, landing / file.path, file, is_text=_is_text(part))
        for file in listing.files
    ]
    if part.manifest is None:
        return FilesToRead(tuple(files), listing.left)
    manifest = part.manifest
    notes = [each for each in listing.left if manifest.pattern.fits(_name(each.path))]
    checked: list[FileToRead] = []
    for period, group in groupby(files, key=lambda each: each.file.partition):
        of_period = list(group)
        place = f"{part.path}/{part.period_name(period)}"
        stated = check_stated(
            manifest,
            {
                each.path.removeprefix(f"{place}/"): landing / each.path
                for each in notes
                if each.partition == period
            },
            {each.file.path.removeprefix(f"{place}/"): each.path for each in of_period},
            place,
        )
        checked += (
            replace(each, stated=stated[each.file.path.removeprefix(f"{place}/")])
            for each in of_period
        )
    return FilesToRead(tuple(checked), tuple(each for each in listing.left if each not in notes))


def _members(part: FilesSource, listing: Listing, landing: Path, folder: Path) -> FilesToRead:
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
                FileToRead(of_member, member.path, archive, stated[member.name], _is_text(part))
            )
        unread = [*found.left]
        if part.manifest is None:
            unread += (member.name for member in found.notes)
        left += (
            LeftAlone(f"{archive.path}/{name}", archive.partition, "it is no data of the archive")
            for name in unread
        )
    return FilesToRead(tuple(files), tuple(left))


def _stated(
    manifest: Manifest | None, notes: Mapping[str, Path], files: Mapping[str, Path], place: str
) -> Mapping[str, Stated]:
    if manifest is None:
        return dict.fromkeys(files, Stated())
    return check_stated(manifest, notes, files, place)


def require_as_stated(read: Sequence[tuple[FileToRead, int]]) -> None:
    """Compare the rows that were read of each file with what its sender states.

    Raises:
        SourceError: If a file holds another number of rows.
    """
    for each, rows in read:
        if each.stated.rows is not None and each.stated.rows != rows:
            raise SourceError(
                f"{each.file.path} holds {rows:,} rows; its manifest says {each.stated.rows:,}",
                "Have the file or its manifest delivered again.",
            )


def require_different(read: Sequence[tuple[FileToRead, int]], digests: Mapping[str, str]) -> None:
    """No file with rows was delivered for one day under two names.

    Args:
        read: Each file, and how many rows it holds.
        digests: The content of each delivered file, by path.

    Raises:
        SourceError: If two files of a day have one content and one place; names them.
    """
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


def _is_text(part: FilesSource) -> bool:
    return part.format in ("csv", "fixed_width", "jsonl")


def _name(path: str) -> str:
    return PurePosixPath(path).name
