"""What the engine says when it fails, as errors that name what was being done."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

import duckdb

from resources.errors import DataError, EngineError, LedgerlakeError, StorageError, said_by

_LIMIT = re.compile(r"/([\d.]+) (MiB|GiB) used")
# Of so many columns a few thousand values each take a good part of the default memory.
_MANY_COLUMNS = 500
_DATA_ERRORS = (duckdb.ConversionException, duckdb.OutOfRangeException)


@contextmanager
def engine_errors(doing: str, columns: int | None = None) -> Generator[None]:
    """Turn DuckDB's errors inside the block into DataError, StorageError or EngineError.

    The message begins with `doing`, what was done to which table and window; `columns` is how many
    that took, where memory may be short because of them.

    `storage_errors`, put inside, says more of files and disks that fail in known ways.
    """
    try:
        yield
    except LedgerlakeError:
        raise
    except _DATA_ERRORS as error:
        raise DataError(
            f"{doing}: a value does not fit its type.\n  {said_by(error)}",
            "Find the rows that hold the value, and correct them, the SQL or the contract.",
        ) from error
    except duckdb.OutOfMemoryException as error:
        has_many = columns is not None and columns >= _MANY_COLUMNS
        for_columns = f" for its {columns:,} columns" if has_many else ""
        raise EngineError(
            f"{doing}: memory and spill space were not enough{for_columns}.\n  {said_by(error)}",
            _more_memory(error),
        ) from error
    except (duckdb.IOException, duckdb.HTTPException) as error:
        raise StorageError(
            f"{doing}: a file could not be read or written.\n  {said_by(error)}",
            "See to the file or folder that the engine names, and run again.",
        ) from error
    except duckdb.Error as error:
        raise EngineError(
            f"{doing}: the engine refused.\n  {said_by(error)}",
            "Correct the SQL or the check that the engine names.",
        ) from error


def _more_memory(error: duckdb.OutOfMemoryException) -> str:
    """What to set: twice the memory that the engine says it had."""
    limit = _LIMIT.search(str(error))
    if limit is None:
        return "Raise LEDGERLAKE_MEMORY, or run fewer partitions at once."
    mib = round(float(limit[1]) * (1024 if limit[2] == "GiB" else 1))
    return (
        f"Set LEDGERLAKE_MEMORY={2 * mib}MiB (it is {mib}MiB), or LEDGERLAKE_THREADS=1, "
        "or run fewer partitions at once."
    )
