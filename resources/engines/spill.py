"""Folders for what an engine spills, removed with their session even if it was killed."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from resources.lake.file_lock import hold, try_to_hold

_LOCK = ".lock"
_MARKER = ".held"
_WAIT_SECONDS = 60.0


@contextmanager
def spill_space(root: Path) -> Generator[Path]:
    """A new folder under `root`, removed at the end; leftovers of killed processes go first."""
    root.mkdir(parents=True, exist_ok=True)
    # Sweeping and opening exclude each other, so a folder is never seen before it is held.
    with hold(root / _LOCK, _WAIT_SECONDS):
        _sweep(root)
        folder = root / uuid.uuid4().hex
        folder.mkdir()
        held = try_to_hold(folder / _MARKER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            held.free()


def _sweep(root: Path) -> None:
    for folder in root.iterdir():
        if not folder.is_dir():
            continue
        held = try_to_hold(folder / _MARKER)
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            held.free()
