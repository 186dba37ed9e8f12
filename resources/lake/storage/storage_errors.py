"""What disks, files and the catalog's database say when they fail, in words a person can use."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Collection, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from pyiceberg.exceptions import (
    CommitStateUnknownException,
    ForbiddenError,
    OAuthError,
    ServerError,
    ServiceUnavailableError,
    UnauthorizedError,
)

from resources.errors import LedgerlakeError, StorageError, said_by
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window


@dataclass(frozen=True)
class _Failure:
    """One kind of failure: how it is recognised, what happened, what to do."""

    pattern: str
    what: str
    next_step: str

    def matches(self, text: str) -> bool:
        return re.search(self.pattern, text, re.IGNORECASE) is not None


_LOCKED = _Failure(
    r"database is locked|database table is locked",
    "another connection kept the catalog's database locked",
    "End what holds it (a database browser, a stuck process) and run again.",
)
_NO_BUCKET = _Failure(
    r"aws error no_such_bucket|nosuchbucket|bucket does not exist",
    "the bucket of the warehouse does not exist",
    "Create the bucket, or correct LEDGERLAKE_WAREHOUSE.",
)
_KEY_REFUSED = _Failure(
    r"aws error (access_denied|invalid_access_key|signature_does_not_match|unrecognized_client)|"
    r"accessdenied|invalidaccesskeyid|signaturedoesnotmatch|http 40[13]",
    "the object store refused the key",
    "See to LEDGERLAKE_S3_ACCESS_KEY_ID, its secret, and its rights in the bucket.",
)
_STORE_SILENT = _Failure(
    r"aws error (network_connection|slow_down|service_unavailable|internal_failure|"
    r"request_time)|error for http (head|get|put|post|delete) to|http 50\d",
    "the object store does not answer, or answers with an error of its own",
    "See that the S3 at LEDGERLAKE_S3_ENDPOINT runs and can be reached, and run again.",
)
_LOGIN_REFUSED = _Failure(
    r"password authentication failed|no password supplied|no pg_hba\.conf entry|"
    r"(role|database) \".*\" does not exist|permission denied for (table|schema|database)",
    "the catalog refused the login, or what was asked of it",
    "See to LEDGERLAKE_CATALOG_URI and LEDGERLAKE_CATALOG_PASSWORD, and to the rights they give.",
)
_CATALOG_SILENT = _Failure(
    r"connection to server .* failed|could not (connect to server|translate host name)|"
    r"server closed the connection|terminating connection|connection already closed|"
    r"ssl connection has been closed|too many clients|the database system is|"
    r"failed to establish a new connection|max retries exceeded|could not connect to any of",
    "the catalog does not answer",
    "See that what LEDGERLAKE_CATALOG_URI names runs and can be reached, and run again.",
)
_FULL = _Failure(
    r"no space left|disk quota exceeded|file too large|disk is full|disk full|disk i/o",
    "the disk is full or failing, or a limit on file size or quota is reached",
    "Free space where the warehouse and the spill folder are, and run again.",
)
_FORBIDDEN = _Failure(
    r"permission denied|operation not permitted|read-only|readonly database|unable to open data",
    "a file or folder may not be read or written",
    "Give the user of this process the right to read and write the lake's home.",
)
_TOO_MANY_FILES = _Failure(
    r"too many open files",
    "this process, or its host, may open no more files",
    "Raise the limit (ulimit -n 1024 or more, LimitNOFILE in a systemd unit), and run again.",
)
_NO_MEMORY = _Failure(
    r"cannot allocate memory|out of memory|std::bad_alloc",
    "this process may use no more memory",
    "Give it more (ulimit -v, the container's limit), or set LEDGERLAKE_MEMORY and "
    "LEDGERLAKE_THREADS lower.",
)
_DAMAGED_DATABASE = _Failure(
    r"disk image is malformed|file is not a database",
    "the file of a SQLite database is damaged",
    "Restore it from a backup.",
)
_DAMAGED = _Failure(
    r"no magic bytes|too small to be a parquet|invalid parquet|corrupt|don't know what type|"
    r"unexpected end of|parquet magic bytes|footer length|couldn't deserialize thrift|"
    r"failed to read|page header|smaller than the minimum|metadata size",
    "a Parquet file is truncated or damaged",
    "Restore the file named below from a backup, or materialize its partition again.",
)
_MISSING = _Failure(
    r"no such file|cannot open file|no files found|path does not exist|404 \(?not found",
    "a file the table refers to is missing",
    "Restore the file named below from a backup, or materialize its partition again.",
)
# In this order: the first one that matches an error.
_FAILURES = (
    _TOO_MANY_FILES,
    _LOCKED,
    _NO_BUCKET,
    _KEY_REFUSED,
    _STORE_SILENT,
    _LOGIN_REFUSED,
    _CATALOG_SILENT,
    _FULL,
    _FORBIDDEN,
    _DAMAGED_DATABASE,
    _DAMAGED,
    _MISSING,
)
# What one operation opens at a time, and closes when it fails.
_FEW_FILES = 8
# Those that any file may have, not tables only.
_OF_ANY_FILE = (_TOO_MANY_FILES, _NO_MEMORY, _LOCKED, _FULL, _FORBIDDEN, _DAMAGED_DATABASE)


def storage_errors(spec: TableSpec, window: Window | None = None) -> AbstractContextManager[None]:
    """Turn failures of disk, files and catalog inside the block into StorageError.

    Errors that are no failure of storage (a mistake in SQL, say) pass through as they are.
    """
    where = spec.full_name if window is None else f"{spec.full_name}, {window}"
    return _translated(where, "nothing was published", None)


def storage_errors_of(what: str, outcome: str) -> AbstractContextManager[None]:
    """Turn failures of disk, files and memory inside the block into StorageError.

    The message begins with `what`, whose files they are; `outcome` says what is lost by it.
    """
    return _translated(what, outcome, _OF_ANY_FILE)


@contextmanager
def _translated(where: str, outcome: str, failures: Collection[_Failure] | None) -> Generator[None]:
    """Turn failures inside the block into StorageError; only those in `failures` unless None."""
    try:
        yield
    except LedgerlakeError:
        raise
    except Exception as error:
        failure = _failure_of(error)
        if failure is None or (failures is not None and failure not in failures):
            raise
        raise StorageError(
            f"{where}: {failure.what}; {outcome}.\n  {type(error).__name__}: {said_by(error)}",
            failure.next_step,
        ) from error


def is_database_locked(error: BaseException) -> bool:
    """Whether the catalog refused because its database was locked: surely nothing was written."""
    return _LOCKED.matches(str(error))


def _failure_of(error: BaseException) -> _Failure | None:
    """The kind of failure that the error is, or that caused it; None: no failure of storage."""
    cause: BaseException | None = error
    while cause is not None:
        if (failure := _own_failure_of(cause)) is not None:
            return failure
        cause = cause.__cause__
    return None


def _few_files_can_be_opened() -> bool:
    """Whether the limit is near: what failed has closed some files since."""
    opened: list[int] = []
    try:
        while len(opened) < _FEW_FILES:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return False


_BY_NUMBER = {
    errno.EMFILE: _TOO_MANY_FILES,
    errno.ENFILE: _TOO_MANY_FILES,
    errno.ENOMEM: _NO_MEMORY,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
}
_BY_KIND: tuple[tuple[type[Exception], _Failure], ...] = (
    (MemoryError, _NO_MEMORY),
    (PermissionError, _FORBIDDEN),
    (FileNotFoundError, _MISSING),
    (UnauthorizedError, _LOGIN_REFUSED),
    (ForbiddenError, _LOGIN_REFUSED),
    (OAuthError, _LOGIN_REFUSED),
    (ServerError, _CATALOG_SILENT),
    (ServiceUnavailableError, _CATALOG_SILENT),
    (CommitStateUnknownException, _CATALOG_SILENT),
)


def _own_failure_of(error: BaseException) -> _Failure | None:
    if isinstance(error, OSError) and error.errno in _BY_NUMBER:
        return _BY_NUMBER[error.errno]
    # A library that is loaded only where it is needed is a file like others.
    if isinstance(error, ImportError) and _TOO_MANY_FILES.matches(str(error)):
        return _TOO_MANY_FILES
    for kind, failure in _BY_KIND:
        if isinstance(error, kind):
            return failure
    if not _is_from_storage(error):
        return None
    failure = next((failure for failure in _FAILURES if failure.matches(str(error))), None)
    # SQLite and DuckDB say of a file that they could not open or read it, but not always why.
    if failure in (_FORBIDDEN, _DAMAGED, _MISSING) and _few_files_can_be_opened():
        return _TOO_MANY_FILES
    return failure


def _is_from_storage(error: BaseException) -> bool:
    import duckdb
    import pyarrow
    from sqlalchemy.exc import DatabaseError
    from thrift.transport.TTransport import TTransportException

    from_storage = (
        OSError,
        sqlite3.Error,
        DatabaseError,
        TTransportException,
        duckdb.IOException,
        duckdb.HTTPException,
        duckdb.InvalidInputException,
        duckdb.OutOfMemoryException,
        pyarrow.ArrowInvalid,
    )
    # A damaged Parquet header comes as the plain base class.
    return isinstance(error, from_storage) or type(error) is duckdb.Error
