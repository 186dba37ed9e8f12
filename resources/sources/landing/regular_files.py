"""Regular files below the landing root only: nothing else is opened, and nothing blocks."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import stat
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from resources.errors import InputMissing, SourceError

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

ALGORITHM = "sha256"
"""What senders state too, so that one reading serves both."""
_CHUNK = 1024 * 1024


def readable_name(path: Path | str) -> str:
    """A path as it can be printed, also where its bytes are not UTF-8."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def regular_file(entry: os.DirEntry[str], path: Path, root: Path) -> os.stat_result:
    """Look at a file found below `root`, the resolved landing root. Raises SourceError."""
    name = readable_name(path)
    if name != str(path):
        raise SourceError(
            f"{name}: the name of the file is not UTF-8",
            "Have it delivered under a name that is, or rename it.",
        )
    try:
        if entry.is_symlink():
            require_below(path, root)
        found = entry.stat()
    except FileNotFoundError as error:
        if not path.is_symlink():
            raise InputMissing(
                f"{path} was removed while it was inspected",
                "Run again once the delivery is complete.",
            ) from error
        raise SourceError(
            f"{path} is a link to {readable_name(path.readlink())}, which is not there",
            "Have the file itself delivered, or remove the link.",
        ) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be inspected: {error}", "Remove it.") from error
    require_regular(path, found)
    return found


def require_below(path: Path, root: Path) -> None:
    """Raise SourceError where links lead out of the landing root."""
    try:
        place = path.resolve()
    except RuntimeError as error:
        raise SourceError(f"{path} is a link to itself", "Remove it.") from error
    if not place.is_relative_to(root):
        raise SourceError(
            f"{path} is a link out of the landing folder, to {readable_name(place)}",
            "Have the file itself delivered: only files below the landing folder are read.",
        )


def require_regular(path: Path, found: os.stat_result) -> None:
    """Raise SourceError if what was found at the path is no regular file."""
    if stat.S_ISREG(found.st_mode):
        return
    kind = next((text for test, text in _KINDS if test(found.st_mode)), "no file")
    raise SourceError(
        f"{path} is {kind}, not a regular file", "Remove it, and have a file delivered."
    )


@contextmanager
def file_errors(path: Path) -> Generator[None]:
    """Turn what reading a file raises into InputMissing if it is gone, SourceError if forbidden."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputMissing(
            f"{path} was removed while it was read", "Run again once the delivery is complete."
        ) from error
    except PermissionError as error:
        raise SourceError(
            f"{path} may not be read: {error}",
            "Give the user of this process permission to read it.",
        ) from error


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file, without waiting for a writer. Raises SourceError, InputMissing."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with file_errors(path):
            number = os.open(path.resolve(), flags)
    except (OSError, RuntimeError) as error:
        raise SourceError(
            f"{path} cannot be opened: {error}", "Remove it, and have a file delivered."
        ) from error
    try:
        require_regular(path, os.fstat(number))
    except SourceError:
        os.close(number)
        raise
    return os.fdopen(number, "rb")


def content_digest(path: Path, algorithm: str = ALGORITHM) -> str:
    """`<algorithm>:<hex digits>` of the file's bytes, read in streams."""
    with open_regular(path) as file:
        return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


def rows_digest(path: Path, packed: str, *, is_text: bool) -> str:
    """The digest of what a file says, however packed; `packed` is that of its bytes, if known."""
    is_packed = path.suffix.lower() == ".gz"
    if not is_packed and not is_text:
        return packed or content_digest(path)
    digest = hashlib.new(ALGORITHM)
    is_first = True
    with open_regular(path) as file, gzip.open(file) if is_packed else file as read:
        while chunk := read.read(_CHUNK):
            if is_text:
                said = chunk.removeprefix(codecs.BOM_UTF8) if is_first else chunk
                chunk = said.replace(b"\r", b"")
                is_first = False
            digest.update(chunk)
    return f"{ALGORITHM}:{digest.hexdigest()}"


@contextmanager
def digests_meanwhile(paths: Sequence[Path]) -> Generator[Callable[[], list[str]]]:
    """Read the files for their digests while the block runs; gives what waits for them.

    Where the block fails, what is not begun is left out.
    """
    with ThreadPoolExecutor(1, "digests") as pool:
        begun = [pool.submit(content_digest, path) for path in paths]
        try:
            yield lambda: [each.result() for each in begun]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
