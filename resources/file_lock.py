"""Locks that the kernel frees when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from resources.errors import StorageError
from resources.shared_files import make_shared_file, make_shared_folder

_FIRST_WAIT_SECONDS = 0.002
_LONGEST_WAIT_SECONDS = 0.05


class HeldFile:
    """A file under an exclusive lock. Closing it, or the death of the process, frees the lock."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self.path = path

    def write(self, text: str) -> None:
        """Replace the file's content."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def release(self) -> None:
        """Free the lock and leave the file."""
        os.close(self._descriptor)


def try_to_acquire(path: Path, create: bool = True) -> HeldFile | None:
    """Lock the file at `path` at once, or return None if it is held, or gone and not created.

    Raises:
        PermissionError: If this user may neither read the file nor make it.
    """
    descriptor = _opened(path, create)
    if descriptor is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Between open and lock another holder may have removed the file: then what we hold is
        # a file nobody else can find.
        if path.stat().st_ino == os.fstat(descriptor).st_ino:
            return HeldFile(descriptor, path)
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(descriptor)
    return None


def _opened(path: Path, create: bool) -> int | None:
    """The file, made if it is not there; None if it is not there and not to be made."""
    while True:
        try:
            return os.open(path, os.O_RDWR)
        except PermissionError:
            # Another user's. To lock a file on a local disk it is enough to read it.
            return os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            if not create:
                return None
        if (descriptor := make_shared_file(path)) is not None:
            return descriptor


@contextmanager
def acquire(path: Path, timeout_seconds: float) -> Generator[None]:
    """Hold the lock at `path`, waiting for whoever has it.

    Raises:
        StorageError: If it is not free within `timeout_seconds`, or not to be had by this user.
    """
    make_shared_folder(path.parent)
    deadline = time.monotonic() + timeout_seconds
    wait = _FIRST_WAIT_SECONDS
    while (held := _try(path)) is None:
        if time.monotonic() >= deadline:
            raise StorageError(
                f"The lock {path} was not free within {timeout_seconds:.0f} seconds",
                "Find the process that holds it (`fuser` names it) and see why it does not end.",
            )
        time.sleep(wait * random.uniform(0.5, 1.0))
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
    try:
        yield
    finally:
        held.release()


def _try(path: Path) -> HeldFile | None:
    try:
        return try_to_acquire(path)
    except PermissionError as error:
        raise StorageError(
            f"The lock {path} belongs to another user, or its folder may not be written to",
            "Give this user the right to write to the lake's home, for example through a group: "
            "chgrp -R GROUP HOME; chmod -R g+rwX HOME; find HOME -type d -exec chmod g+s {} +",
        ) from error
