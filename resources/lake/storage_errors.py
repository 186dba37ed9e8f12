"""What disks, files and the catalog's database say when they fail, in words a person can use."""

from __future__ import annotations

import errno
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from resources.errors import LedgerlakeError, StorageError
from resources.lake.table_spec import TableSpec
from resources.lake.window import Window


@dataclass(frozen=True)
class _Story:
    """One kind of failure: how it is recognised, what happened, what to do."""

    pattern: str
    what: str
    next_step: str

    def is_told_by(self, text: str) -> bool:
        return re.search(self.pattern, text, re.IGNORECASE) is not None


_LOCKED = _Story(
    r"database is locked|database table is locked",
    "another connection kept the catalog's database locked",
    "End what holds it (a database browser, a stuck process) and run again.",
)
_FULL = _Story(
    r"no space left|disk quota exceeded|file too large|disk is full|disk full|disk i/o",
    "the disk is full or failing, or a limit on file size or quota is reached",
    "Free space where the warehouse and the spill folder are, and run again.",
)
_FORBIDDEN = _Story(
    r"permission denied|operation not permitted|read-only|readonly database|unable to open data",
    "a file or folder may not be read or written",
    "Give the user of this process the right to read and write the lake's home.",
)
_DAMAGED = _Story(
    r"no magic bytes|too small to be a parquet|invalid parquet|corrupt|don't know what type|"
    r"unexpected end of|parquet magic bytes|footer length|couldn't deserialize thrift|"
    r"failed to read|page header|smaller than the minimum|metadata size",
    "a Parquet file is truncated or damaged",
    "Restore the file named below from a backup, or materialize its partition again.",
)
_MISSING = _Story(
    r"no such file|cannot open file|no files found|path does not exist|404 \(not found\)",
    "a file the table refers to is missing",
    "Restore the file named below from a backup, or materialize its partition again.",
)
# The first one that fits an error is told.
_STORIES = (_LOCKED, _FULL, _FORBIDDEN, _DAMAGED, _MISSING)


@contextmanager
def storage_errors(spec: TableSpec, window: Window | None = None) -> Generator[None]:
    """Turn failures of disk, files and catalog inside the block into StorageError.

    Errors that are no failure of storage (a mistake in SQL, say) pass through as they are.
    """
    try:
        yield
    except LedgerlakeError:
        raise
    except Exception as error:
        story = _story_of(error)
        if story is None:
            raise
        partition = "" if window is None else f", {window}"
        raise StorageError(
            f"{spec.namespace}.{spec.name}{partition}: {story.what}; nothing was published.\n"
            f"  {type(error).__name__}: {_one_line(error)}",
            story.next_step,
        ) from error


def is_database_locked(error: BaseException) -> bool:
    """Whether the catalog refused because its database was locked: surely nothing was written."""
    return _LOCKED.is_told_by(str(error))


def _story_of(error: BaseException) -> _Story | None:
    """The story of the error itself, or of what caused it."""
    cause: BaseException | None = error
    while cause is not None:
        if (story := _own_story_of(cause)) is not None:
            return story
        cause = cause.__cause__
    return None


def _own_story_of(error: BaseException) -> _Story | None:
    if isinstance(error, PermissionError):
        return _FORBIDDEN
    if isinstance(error, FileNotFoundError):
        return _MISSING
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _FULL
    if not _is_from_storage(error):
        return None
    return next((story for story in _STORIES if story.is_told_by(str(error))), None)


def _is_from_storage(error: BaseException) -> bool:
    import duckdb
    import pyarrow
    from sqlalchemy.exc import OperationalError

    from_storage = (
        OSError,
        OperationalError,
        duckdb.IOException,
        duckdb.HTTPException,
        duckdb.InvalidInputException,
        duckdb.OutOfMemoryException,
        pyarrow.ArrowInvalid,
    )
    # A damaged Parquet header comes as the plain base class.
    return isinstance(error, from_storage) or type(error) is duckdb.Error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:500]
