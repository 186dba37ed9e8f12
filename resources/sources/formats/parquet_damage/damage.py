"""Damage to a Parquet file: looked for before an engine reads it, named where one fails."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from resources.errors import SourceError, said_by
from resources.sources.formats.parquet_damage.footer import DamagedParquet
from resources.sources.formats.parquet_damage.pages import check_pages
from resources.sources.formats.parquet_damage.second_reading import check_values


def check_whole(path: Path) -> bool:
    """Check that a delivered file is what it says of itself, as far as its bytes tell.

    Returns:
        Whether its values are still to be compared with its statistics, by `check_statistics`: of
        small files, and of pages with checksums, all is known already.

    Raises:
        SourceError: If it is damaged.
    """
    with parquet_errors(path):
        all_summed = check_pages(path)
        is_compared = check_values(path)
        return not (all_summed or is_compared)


@contextmanager
def parquet_errors(origin: Path) -> Generator[None]:
    """Turn what a damaged Parquet file raises into SourceError that names it."""
    try:
        yield
    except DamagedParquet as error:
        raise damaged(origin, str(error)) from error
    except duckdb.Error as error:
        # Damage inside a page is a plain Error; a full disk is an IOException as well.
        damage = isinstance(error, duckdb.InvalidInputException | duckdb.IOException)
        if not (damage or type(error) is duckdb.Error) or "write" in str(error).lower():
            raise
        raise damaged(origin, said_by(error)) from error


def damaged(origin: Path, said: str) -> SourceError:
    """The error that names a damaged file."""
    return SourceError(
        f"{origin} is truncated or no Parquet file: {said}", "Have the file delivered again."
    )
