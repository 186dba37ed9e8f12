"""What the engine says when it fails, as errors that name what was being done."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import duckdb

from resources.errors import DataError, EngineError, LedgerlakeError, StorageError

_DATA_ERRORS = (duckdb.ConversionException, duckdb.OutOfRangeException)


@contextmanager
def engine_errors(doing: str) -> Generator[None]:
    """Turn DuckDB's errors inside the block into DataError, StorageError or EngineError.

    Args:
        doing: What was being done to which table and window, as the beginning of a sentence.

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
        raise EngineError(
            f"{doing}: memory and spill space were not enough.\n  {said_by(error)}",
            "Raise LEDGERLAKE_MEMORY, lower LEDGERLAKE_THREADS, or run fewer partitions at once.",
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


def said_by(error: BaseException) -> str:
    """What an error says, on one line, at most 500 characters."""
    return " ".join(str(error).split())[:500]
