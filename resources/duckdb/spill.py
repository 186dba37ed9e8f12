"""Folders for what an engine spills, removed with their session even if it was killed."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from resources.file_lock import acquire, try_to_acquire
from resources.shared_files import make_shared_folder

_LOCK = ".lock"
_MARKER = ".held"
_WAIT_SECONDS = 60.0


@contextmanager
def spill_space(root: Path) -> Generator[Path]:
    """A new folder under `root`, removed at the end; leftovers of killed processes go first.

    A user who may not write there, as one who only reads the lake, gets one among the system's
    temporary files.
    """
    if not _may_write(root):
        with TemporaryDirectory(prefix="ledgerlake-spill-") as temporary:
            yield Path(temporary)
        return
    make_shared_folder(root)
    # Sweeping and opening exclude each other, so a folder is never seen before it is held.
    with acquire(root / _LOCK, _WAIT_SECONDS):
        _sweep(root)
        folder = root / uuid.uuid4().hex
        folder.mkdir()
        held = try_to_acquire(folder / _MARKER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            held.release()


def _may_write(folder: Path) -> bool:
    """Whether this user may make folders and files in it, or make it."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    lock = folder / _LOCK
    return os.access(there, os.W_OK | os.X_OK) and (not lock.exists() or os.access(lock, os.R_OK))


def _sweep(root: Path) -> None:
    for folder in root.iterdir():
        if not folder.is_dir():
            continue
        held = None
        # Suppressed: another user's, to be swept by that user.
        with suppress(PermissionError):
            held = try_to_acquire(folder / _MARKER)
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            held.release()
