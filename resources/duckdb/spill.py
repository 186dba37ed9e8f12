"""Folders for what an engine spills, and rows kept there for a while.

They are removed with their session, by the next one if it was killed.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from duckdb import DuckDBPyConnection

from resources.file_lock import acquire, try_to_acquire
from resources.identifiers import text_literal
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


@contextmanager
def spilled_rows(connection: DuckDBPyConnection, select_sql: str) -> Generator[str]:
    """Write the rows of a SELECT to the spill folder; a relation for a FROM clause, in the block.

    The file goes with the session's spill folder if this process is killed.
    """
    found = connection.execute("SELECT current_setting('temp_directory')").fetchall()
    path = Path(found[0][0]).absolute() / f"rows-{uuid.uuid4().hex}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = text_literal(str(path))
    try:
        connection.execute(f"COPY ({select_sql}) TO {file} (FORMAT parquet, COMPRESSION lz4_raw)")
        yield f"read_parquet({file})"
    finally:
        path.unlink(missing_ok=True)


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
