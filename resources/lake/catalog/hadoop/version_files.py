"""The metadata files of a table that no service keeps: the highest version is the current one.

`metadata/v<number>.metadata.json`, and `version-hint.text` that says from which number to look on.
Source: core/src/main/java/org/apache/iceberg/hadoop/HadoopTableOperations.java of Iceberg.
"""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path

from resources.shared_files import make_shared_folder

_HINT = "version-hint.text"
_VERSION = re.compile(r"v(\d+)\.metadata\.json")


def version_file(version: int) -> str:
    """Name of the version's file."""
    return f"v{version}.metadata.json"


def version_of(location: str) -> int:
    """The version that the file at the location holds."""
    found = _VERSION.fullmatch(location.rsplit("/", 1)[-1])
    if found is None:
        raise ValueError(f"{location} is no versioned metadata file")
    return int(found[1])


def current_version(folder: Path) -> int | None:
    """The current version of the table in the folder; None if there is no table."""
    versions = folder / "metadata"
    version = _hinted(versions)
    if version is None:
        version = max(_versions(versions), default=None)
    if version is None:
        return None
    # Whoever made the next one may have died before it could say so.
    while (versions / version_file(version + 1)).exists():
        version += 1
    return version


def create_version(folder: Path, version: int, content: str) -> bool:
    """Create the version, whole or not at all; False if somebody else has."""
    versions = folder / "metadata"
    make_shared_folder(versions)
    draft = versions / f"{uuid.uuid4()}.metadata.json"
    try:
        draft.write_text(content, encoding="utf-8")
        # Unlike a rename, a link does not replace what is there.
        os.link(draft, versions / version_file(version))
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    hint = versions / f"{uuid.uuid4()}.{_HINT}"
    hint.write_text(str(version), encoding="utf-8")
    hint.replace(versions / _HINT)
    return True


def delete_versions(folder: Path) -> None:
    """Delete all versions; every other file of the table stays."""
    versions = folder / "metadata"
    (versions / _HINT).unlink(missing_ok=True)
    for version in sorted(_versions(versions)):
        (versions / version_file(version)).unlink(missing_ok=True)


def _hinted(versions: Path) -> int | None:
    try:
        version = int((versions / _HINT).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return version if (versions / version_file(version)).exists() else None


def _versions(versions: Path) -> list[int]:
    return [
        int(found[1]) for path in versions.glob("v*") if (found := _VERSION.fullmatch(path.name))
    ]
