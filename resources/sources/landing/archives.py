"""Zip archives: each member that matches is a file, unpacked by stream, within bounds."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from resources.errors import SourceError
from resources.sources.landing.file_names import FileNames, Kind
from resources.sources.landing.limits import Limits
from resources.sources.landing.name_patterns import NamePattern, name_pattern
from resources.sources.landing.regular_files import open_regular

_CHUNK = 1024 * 1024
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Member:
    """One unpacked member: its name in the archive, and where it is now."""

    name: str
    path: Path


def zipped(pattern: str = "*.zip") -> NamePattern:
    """Say that a day's files come in zip archives; `pattern` of files() is that of the members."""
    return name_pattern("archive", pattern, ignores_case=True)


@dataclass(frozen=True)
class Unpacked:
    """What an archive holds: its data, the notes beside them, and what is left alone."""

    data: tuple[Member, ...]
    notes: tuple[Member, ...]
    left: tuple[str, ...]


def unpack(archive: Path, names: FileNames, limits: Limits, folder: Path) -> Unpacked:
    """Unpack the members that are data or notes into an empty folder, under numbers for names."""
    with open_regular(archive) as file:
        try:
            with zipfile.ZipFile(file) as opened:
                return _unpack(opened, archive, names, limits, folder)
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            UnicodeError,
        ) as error:
            raise SourceError(
                f"{archive} is truncated or no zip archive that can be read: {error}",
                "Have it delivered again, packed by deflate.",
            ) from error


def _unpack(
    opened: zipfile.ZipFile, archive: Path, names: FileNames, limits: Limits, folder: Path
) -> Unpacked:
    data: list[Member] = []
    notes: list[Member] = []
    left: list[str] = []
    packed = archive.stat().st_size
    unpacked = 0
    infos = opened.infolist()
    limits.check_members(len(infos), archive)
    _require_unlike(archive, infos, names)
    for number, info in enumerate(infos):
        kind = _judged(archive, info, names)
        if kind not in (Kind.DATA, Kind.NOTE):
            left.append(info.filename)
            continue
        # A gzipped member keeps the ending that says so.
        path = folder / f"{number:06d}{Path(info.filename).suffix.lower()}"
        for size in _write(opened, info, path):
            unpacked += size
            limits.check_unpacked(unpacked, packed, archive)
        (data if kind is Kind.DATA else notes).append(Member(info.filename, path))
    if not data and infos:
        raise SourceError(
            f"{archive}: no member has a name that matches {names.text}; it holds "
            f"{infos[0].filename!r}",
            "Correct pattern= of the source, or have the archive delivered again.",
        )
    return Unpacked(tuple(data), tuple(notes), tuple(left))


def _require_unlike(archive: Path, infos: list[zipfile.ZipInfo], names: FileNames) -> None:
    found: set[str] = set()
    for info in infos:
        name = names.as_one(info.filename)
        if name in found:
            raise _refused(archive, info, "is there twice")
        found.add(name)


def _judged(archive: Path, info: zipfile.ZipInfo, names: FileNames) -> Kind:
    """What the member's name says. Raises SourceError if the member may not be unpacked."""
    if "/" in info.filename or "\\" in info.filename or info.filename in ("", ".", ".."):
        raise _refused(archive, info, "lies in a folder")
    if info.flag_bits & _ENCRYPTED:
        raise _refused(archive, info, "is encrypted")
    kind = names.kind(info.filename)
    if kind in (Kind.HALF, Kind.COPY):
        raise _refused(archive, info, f"is {kind.value}")
    return kind


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Iterator[int]:
    """Unpack one member; gives the bytes of each chunk before the next is read."""
    with opened.open(info) as read, path.open("xb") as write:
        while chunk := read.read(_CHUNK):
            yield len(chunk)
            write.write(chunk)


def _refused(archive: Path, info: zipfile.ZipInfo, what: str) -> SourceError:
    return SourceError(
        f"{archive}: the member {info.filename!r} {what}",
        "Have the archive delivered again: plain files side by side, each once.",
    )
