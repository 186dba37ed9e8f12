"""Regular files below the landing root only: nothing else is opened, and nothing blocks."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
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


def readable_name(path: Path | str) -> str:
    """A path as it can be printed, also where its bytes are not UTF-8."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def regular_file(entry: os.DirEntry[str], path: Path, root: Path) -> os.stat_result:
    """Look at a delivered file.

    Args:
        entry: What was found in a folder below the root.
        path: Its path.
        root: The landing root, with its own links resolved.

    Raises:
        SourceError: If it is no regular file, lies outside the root once links are resolved, or
            its name is not UTF-8.
        InputMissing: If it is gone.
    """
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
                f"{path} was removed while it was looked at",
                "Run again once the delivery is complete.",
            ) from error
        raise SourceError(
            f"{path} is a link to {readable_name(path.readlink())}, which is not there",
            "Have the file itself delivered, or remove the link.",
        ) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be looked at: {error}", "Remove it.") from error
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
    """Turn what reading a file that is gone, or forbidden, raises into an error that names it.

    Raises:
        SourceError: If it may not be read.
        InputMissing: If it is gone.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise InputMissing(
            f"{path} was removed while it was read", "Run again once the delivery is complete."
        ) from error
    except PermissionError as error:
        raise SourceError(
            f"{path} may not be read: {error}", "Give the user of this process the right to."
        ) from error


def open_regular(path: Path) -> BufferedReader:
    """Open a file for reading, without waiting for whoever may write to it.

    Raises:
        SourceError: If it is no regular file, or may not be read.
        InputMissing: If it is gone.
    """
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
