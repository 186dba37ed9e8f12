"""What the sender states of its files: checksums, or a list with rows, bytes and digests."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from resources.errors import InputMissing, SettingsError, SourceError
from resources.sources.landing.name_patterns import NamePattern, name_pattern
from resources.sources.landing.regular_files import content_digest, open_regular

Algorithm = Literal["md5", "sha1", "sha256", "sha512"]

_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_LARGEST = 64 * 1024 * 1024
_CHECKSUM_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)|([0-9a-fA-F]+)")


@dataclass(frozen=True)
class Stated:
    """What the sender states of one file; None: nothing."""

    rows: int | None = None
    size: int | None = None
    digest: str | None = None


@dataclass(frozen=True)
class Manifest:
    """How a source states what it delivered. Made by `checksums()` or `file_list()`.

    Attributes:
        pattern: The names of the files that state it; with a column `{name}`, one beside each
            file of that name.
        algorithm: Of the digests.
        keys: Of a list: what name, rows, bytes and digest are called in it; None: checksum lines.
    """

    pattern: NamePattern
    algorithm: Algorithm
    keys: Mapping[str, str] | None = None


def checksums(pattern: str = "SHA256SUMS", *, algorithm: Algorithm = "sha256") -> Manifest:
    """Say that checksums are delivered, as sha256sum and its kin write them.

    `pattern` is one file with a line for each file, as in "SHA256SUMS"; or one beside each file,
    as in "{name}.md5".
    """
    return Manifest(_pattern(pattern), _algorithm(algorithm))


def file_list(
    pattern: str = "manifest.json",
    *,
    name: str = "name",
    rows: str | None = None,
    size: str | None = None,
    digest: str | None = None,
    algorithm: Algorithm = "sha256",
) -> Manifest:
    """Say that a list of the files is delivered, as JSON or as CSV with a header.

    `name` is what the file's name is called in it, a path counting by its last part; `rows`, `size`
    (bytes) and `digest` what these are called, None if they are not stated.
    """
    keys = {"name": name, "rows": rows, "size": size, "digest": digest}
    given = {key: value for key, value in keys.items() if value is not None}
    return Manifest(_pattern(pattern), _algorithm(algorithm), given)


def _pattern(text: str) -> NamePattern:
    pattern = name_pattern("manifest", text)
    if pattern.columns not in ((), ("name",)):
        raise SettingsError(
            f"files(): manifest {text!r} has columns", 'Only {name} may stand there: "{name}.md5".'
        )
    return pattern


def _algorithm(name: Algorithm) -> Algorithm:
    if name not in get_args(Algorithm):
        raise SettingsError(
            f"files(): there is no digest {name!r}",
            f"Take one of {', '.join(get_args(Algorithm))}.",
        )
    return name


def check_stated(
    manifest: Manifest, notes: Mapping[str, Path], files: Mapping[str, Path], place: str
) -> dict[str, Stated]:
    """What is stated of each file, compared with it; rows are compared by who reads them.

    `notes` is what lies beside the files: name below `place` -> path, as of `files`. `place` is the
    day's folder, or the archive.

    Raises:
        InputMissing: If nothing is stated of a file, or a file that is stated is not there.
        SourceError: If a file is another one than is stated, or the statement cannot be read.
    """
    stated = _all_stated(manifest, notes, files, place)
    for name in files.keys() - stated.keys():
        raise InputMissing(
            f"{place}: {manifest.pattern.text} says nothing of {name}",
            "Wait for the complete delivery, or have the file removed.",
        )
    for name in stated.keys() - files.keys():
        raise InputMissing(
            f"{place}: {manifest.pattern.text} names {name}, which is not there",
            "Wait for the complete delivery, or correct pattern= of the source.",
        )
    for name, path in files.items():
        _check_file(stated[name], path, f"{place}/{name}", manifest)
    return stated


def _check_file(stated: Stated, path: Path, shown: str, manifest: Manifest) -> None:
    size = path.stat().st_size
    if stated.size is not None and stated.size != size:
        raise SourceError(
            f"{shown} has {size:,} bytes, {manifest.pattern.text} says {stated.size:,}",
            "Have the file or its manifest delivered again.",
        )
    if stated.digest is None:
        return
    digest = content_digest(path, manifest.algorithm).partition(":")[2]
    if digest != stated.digest:
        raise SourceError(
            f"{shown} has the {manifest.algorithm} {digest}, {manifest.pattern.text} says "
            f"{stated.digest}",
            "Have the file or its checksum delivered again.",
        )


def _all_stated(
    manifest: Manifest, notes: Mapping[str, Path], files: Mapping[str, Path], place: str
) -> dict[str, Stated]:
    stated: dict[str, Stated] = {}
    found = {name: path for name, path in notes.items() if manifest.pattern.fits(_last_part(name))}
    if not found and files:
        raise InputMissing(
            f"{place} holds no {manifest.pattern.text}", "Wait for it, or ask its owner."
        )
    for note, path in sorted(found.items()):
        beside = (manifest.pattern.values(_last_part(note)) or {}).get("name")
        text = _text(path, f"{place}/{note}")
        if manifest.keys is None:
            read = _checksums(text, manifest, f"{place}/{note}", beside)
        else:
            read = _list(text, manifest, manifest.keys, f"{place}/{note}")
        for name, facts in read.items():
            file = _place_of(name, note, files)
            # A sum of the list itself, or of a note beside it, is no file of the day.
            if file in notes:
                continue
            if stated.setdefault(file, facts) != facts:
                raise _unreadable(f"{place}/{note}", f"{file} is stated twice, differently")
    return stated


def _place_of(name: str, note: str, files: Mapping[str, Path]) -> str:
    """Where the file lies that a note names: below the note's folder, or beside it."""
    folder = note.rpartition("/")[0]
    plain = name.replace("\\", "/").removeprefix("./")
    below = f"{folder}/{plain}" if folder else plain
    beside = f"{folder}/{_last_part(plain)}" if folder else _last_part(plain)
    return beside if below not in files and beside in files else below


def _text(path: Path, shown: str) -> str:
    with open_regular(path) as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise _unreadable(shown, f"it has more than {_LARGEST:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(shown, str(error)) from error


def _checksums(text: str, manifest: Manifest, shown: str, beside: str | None) -> dict[str, Stated]:
    read: dict[str, Stated] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _CHECKSUM_LINE.fullmatch(line)
        digest = ((found[1] or found[3]) if found else "").lower()
        name = (found[2] if found else None) or beside
        if name is None or len(digest) != _DIGITS[manifest.algorithm]:
            raise _unreadable(shown, f"{line[:100]!r} is no {manifest.algorithm} and a name")
        read[beside or name] = Stated(digest=digest)
    return read


def _list(text: str, manifest: Manifest, keys: Mapping[str, str], shown: str) -> dict[str, Stated]:
    read: dict[str, Stated] = {}
    for entry in _entries(text, manifest, keys["name"], shown):
        name = entry.get(keys["name"])
        if not isinstance(name, str) or not name:
            raise _unreadable(shown, f"an entry has no {keys['name']!r}")
        digest = entry.get(keys["digest"]) if "digest" in keys else None
        read[name] = Stated(
            _number(entry, keys.get("rows"), shown),
            _number(entry, keys.get("size"), shown),
            str(digest).lower().removeprefix(f"{manifest.algorithm}:") if digest else None,
        )
    return read


def _entries(
    text: str, manifest: Manifest, name_key: str, shown: str
) -> Sequence[Mapping[str, Any]]:
    if not manifest.pattern.text.lower().endswith(".json"):
        return list(csv.DictReader(text.splitlines()))
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable(shown, f"it is no JSON: {error}") from error
    lists: list[Any] = [found, *found.values()] if isinstance(found, dict) else [found]
    for each in lists:
        if isinstance(each, list) and all(isinstance(one, dict) for one in each):  # pyright: ignore
            return each  # pyright: ignore
        if isinstance(each, list) and all(isinstance(one, str) for one in each):  # pyright: ignore
            return [{name_key: one} for one in each]  # pyright: ignore
    raise _unreadable(shown, "it holds no list of files")


def _number(entry: Mapping[str, Any], key: str | None, shown: str) -> int | None:
    if key is None:
        return None
    value = entry.get(key)
    try:
        return int(str(value))
    except ValueError:
        raise _unreadable(shown, f"{key} is {value!r}, which is no number") from None


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def _unreadable(shown: str, why: str) -> SourceError:
    return SourceError(
        f"{shown} cannot be read as the source declares it: {why}",
        "Correct manifest= of the source, or have it delivered again.",
    )
