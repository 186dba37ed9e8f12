"""The folder of one day, or of one month: what lies in it, judged. Reads no file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from resources.errors import InputMissing, SourceError
from resources.sources.declaration.files_source import FilesSource
from resources.sources.landing.complete_day import missing_places, undeclared_value
from resources.sources.landing.file_names import FileNames, Kind
from resources.sources.landing.regular_files import readable_name, regular_file, require_below


@dataclass(frozen=True)
class Delivered:
    """One delivered file: what a publish records of it, to notice later that it changed.

    Attributes:
        path: Path below the landing root, with forward slashes.
        size: Bytes.
        modified_ns: Modification time, nanoseconds since 1970.
        partition: Business date of the folder it lies in; of a month's folder, its first day.
        rows: Rows read from it, accepted and rejected; None: not read yet.
        values: Column -> value, as text, that all its rows have: from its place, its name or its
            source.
        changed_ns: Time of the last change of content or name, which no sender can set.
        inode: Number of the file in its file system.
        digest: Its content, as content_digest() gives it; "": not read yet.
    """

    path: str
    size: int
    modified_ns: int
    partition: date
    rows: int | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    changed_ns: int = 0
    inode: int = 0
    digest: str = ""


@dataclass(frozen=True)
class LeftAlone:
    """Something that lies in a day's folder and is not read. Its path is below the landing root."""

    path: str
    partition: date
    reason: str

    def __str__(self) -> str:
        return f"{self.path} is not read: {self.reason}"


@dataclass(frozen=True)
class Listing:
    """What lies in the folders of some days: the files to read, and what else is there."""

    files: tuple[Delivered, ...]
    left: tuple[LeftAlone, ...] = ()


class DayFolder:
    """The folder of one day, or of one month, and what lies in it."""

    def __init__(self, source: FilesSource, landing: Path, day: date) -> None:
        self._source = source
        self._names: FileNames = source.file_names
        self._landing = landing
        self._root = landing.resolve()
        self._day = day
        self._folder = landing / source.path / source.period_name(day)
        self._files: list[Delivered] = []
        self._left: list[LeftAlone] = []
        self._places: list[Mapping[str, str]] = []

    def listing(self) -> Listing:
        """Everything in the folder, judged."""
        pattern = self._source.folder_pattern
        try:
            self._look_at(self._folder, pattern.depth if pattern else 0)
        except PermissionError as error:
            raise SourceError(
                f"{error.filename} may not be read: {error}",
                "Give the user of this process permission to read it.",
            ) from error
        self._require_one_of_each()
        self._require_whole()
        self._require_data()
        return Listing(tuple(self._files), tuple(self._left))

    def _look_at(self, folder: Path, depth: int) -> None:
        """Judge what lies in the folder, down to `depth` levels below it, by name."""
        require_below(folder, self._root)
        for entry in _entries(folder, self._source.done_marker):
            path = folder / entry.name
            if depth and _is_folder(entry, path):
                self._look_at(path, depth - 1)
                continue
            kind = self._names.kind(entry.name)
            if _is_folder(entry, path):
                self._refuse_folder(path)
            if kind is Kind.HALF:
                raise InputMissing(
                    f"{readable_name(path)} is {kind.value}, or was interrupted",
                    "Wait until it has its final name, or remove the incomplete file.",
                )
            if kind is Kind.COPY:
                raise SourceError(
                    f"{readable_name(path)} is {kind.value}: its rows would count twice",
                    "Remove it, or have it delivered under a name of its own if it is no copy.",
                )
            if kind is Kind.DATA:
                self._files.append(self._delivered(path, regular_file(entry, path, self._root)))
            else:
                reason = kind.value
                if kind is Kind.OTHER:
                    reason = f"its name does not match {self._names.text}"
                self._left.append(LeftAlone(self._below(path), self._day, reason))
        if not depth and self._source.folders:
            self._places.append(self._values_of_place(folder, folder.relative_to(self._folder)))
        self._source.limits.check_files(len(self._files), self._folder)

    def _delivered(self, path: Path, status: os.stat_result) -> Delivered:
        given: Mapping[str, str] = {}
        if self._source.folders:
            place = path.relative_to(self._folder).parent
            given = self._values_of_place(path, place)
        by_name = {} if self._source.archive else self._names.values(path.name)
        self._require_declared(path, by_name)
        return Delivered(
            self._below(path),
            status.st_size,
            status.st_mtime_ns,
            self._day,
            values={**self._source.values, **given, **by_name},
            changed_ns=status.st_ctime_ns,
            inode=status.st_ino,
        )

    def _values_of_place(self, path: Path, place: Path) -> Mapping[str, str]:
        """What the folders of a file say of its rows."""
        pattern = self._source.folder_pattern
        assert pattern is not None
        found = pattern.values(place.as_posix())
        if found is None:
            raise self._misplaced(path)
        self._require_declared(path, found)
        return found

    def _require_declared(self, path: Path, values: Mapping[str, str]) -> None:
        expected = self._source.complete
        unknown = undeclared_value(values, expected) if expected else None
        if unknown and expected:
            name, value = unknown
            raise SourceError(
                f"{path}: {name} is {value!r}, which is none of the declared "
                f"{', '.join(expected.values[name])}",
                f"Declare it in complete_day() of {self._source.path}, or have it removed.",
            )

    def _misplaced(self, path: Path) -> SourceError:
        return SourceError(
            f"{path} does not lie where the source says: <day>/{self._source.folders or ''}/<file>",
            "Have it delivered there, or correct folders= of the source.",
        )

    def _refuse_folder(self, path: Path) -> None:
        if self._source.folders:
            raise self._misplaced(path)
        raise SourceError(
            f"{path} is a folder inside the folder of a day",
            "Put the files of a day side by side in the day's folder, or declare what the "
            'folders\' names say, as in files(..., folders="region_{region}").',
        )

    def _require_one_of_each(self) -> None:
        """No file lies there twice under names that mean one file."""
        plain: dict[str, str] = {}
        for file in self._files:
            name = self._names.as_one(file.path)
            other = plain.setdefault(name, file.path)
            if other != file.path:
                raise SourceError(
                    f"{other} and {file.path} are one file by their names: its rows would count "
                    "twice",
                    "Remove one of them.",
                )

    def _require_whole(self) -> None:
        """Every declared folder and file is there."""
        expected = self._source.complete
        pattern = self._source.folder_pattern
        missing: list[str] = []
        if pattern:
            missing = missing_places(pattern.columns, self._places, expected)
        in_names = [name for name in self._names.columns if expected and name in expected.values]
        if in_names and not missing and not self._source.archive:
            missing = missing_places(in_names, [file.values for file in self._files], expected)
        what = "nothing was delivered for " + "; ".join(missing) if missing else ""
        if expected and expected.files is not None and len(self._files) != expected.files:
            what = what or f"it has {len(self._files)} files, not {expected.files}"
        if what:
            raise InputMissing(
                f"{self._source.path}: the delivery of {self._folder.name} is not complete: {what}",
                "Wait for it or ask its owner; a folder without rows is delivered empty. Declare "
                "what makes a day whole as complete=complete_day(...).",
            )

    def _require_data(self) -> None:
        """A day whose every file has an unknown name is no empty day."""
        others = [each for each in self._left if each.reason.startswith("its name")]
        if others and not self._files:
            raise SourceError(
                f"{self._source.path}: no file of {self._folder.name} has a name that matches "
                f"{self._names.text}; {others[0].path} is there",
                f'Declare the names, as in files("{self._source.path}", pattern="*.txt").',
            )

    def _below(self, path: Path) -> str:
        return readable_name(path.relative_to(self._landing).as_posix())


def _entries(folder: Path, marker: str | None) -> Iterator[os.DirEntry[str]]:
    """What lies in the folder, by name, but for the marker and what is hidden."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if not entry.name.startswith(("_", ".")) and entry.name != marker:
            yield entry


def _is_folder(entry: os.DirEntry[str], path: Path) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:
        raise SourceError(
            f"{readable_name(path)} cannot be inspected: {error}", "Remove it."
        ) from error
