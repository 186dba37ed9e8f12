"""What commands keep from one call to the next, in the user's own cache folder.

Everything in it can be made again. It is not kept in the lake: a lake may be shared, and what
somebody else wrote there must not decide what this user's commands do.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("resources", "warehouse_assets")
_LIBRARIES = (
    "pandera", "ibis-framework", "sqlglot", "duckdb", "pydantic", "pyiceberg", "pyarrow",
)  # fmt: skip


@cache
def code_digest() -> str:
    """Changes with every module of the project, with Python and with the libraries."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256(f"{sys.version} {root}".encode())
    for library in _LIBRARIES:
        with suppress(PackageNotFoundError):
            digest.update(f"{library} {version(library)}".encode())
    for package in _PACKAGES:
        for path in _modules(str(root / package)):
            with open(path, "rb") as file:  # noqa: PTH123
                digest.update(f"\0{path}\0".encode() + file.read())
    return digest.hexdigest()[:32]


def _modules(folder: str) -> list[str]:
    """Paths of the modules below a folder, sorted. Texts: there are hundreds of them."""
    found: list[str] = []
    for parent, _, names in os.walk(folder):
        found += [f"{parent}/{name}" for name in names if name.endswith(".py")]
    return sorted(found)


def cache_folder() -> Path:
    """The folder: in XDG_CACHE_HOME, or else in ~/.cache."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".cache"
    return base / "ledgerlake"


def read_cached(name: str) -> bytes | None:
    """What was kept under the name; None if nothing was, or if the file is not the user's own."""
    try:
        with (cache_folder() / name).open("rb") as stream:
            if os.fstat(stream.fileno()).st_uid != os.getuid():
                return None
            return stream.read()
    except OSError:
        return None


def write_cached(name: str, content: bytes, kept: int) -> None:
    """Keep the content, put there whole; of names that end alike only the latest `kept` stay.

    What cannot be kept is made again the next time.
    """
    file = cache_folder() / name
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            Path(partial).replace(file)
        except OSError:
            Path(partial).unlink()
            raise
        alike = sorted(file.parent.glob(f"*{file.suffix}"), key=lambda each: each.stat().st_mtime)
        for old in alike[:-kept]:
            old.unlink(missing_ok=True)
