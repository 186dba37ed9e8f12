"""DuckDB as the lake uses it: in memory, bounded, spilling to disk, on no network but its S3."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from resources.duckdb.known_faults import disabled_optimizers
from resources.duckdb.memory import threads_within
from resources.duckdb.s3 import reach_s3, s3_access
from resources.duckdb.sandbox import confine
from resources.duckdb.spill import spill_space
from resources.settings import Settings


@contextmanager
def duckdb_session(settings: Settings) -> Generator[DuckDBPyConnection]:
    """A connection to an empty in-memory database, closed with everything it spilled.

    At most `settings.memory` is held by its operators before they spill. `settings.threads` work,
    or as many as that memory is enough for.
    Timestamps with time zone are shown and parsed in UTC. Optimizers that are known to give wrong
    rows are off. No extension is fetched or loaded by itself. If the warehouse is on S3, that is
    within reach.

    Raises:
        SettingsError: If the settings of the S3 are not complete.
        EngineError: If the engine cannot reach S3.
    """
    access = s3_access(settings)
    with spill_space(settings.spill_folder) as folder:
        connection = duckdb.connect(":memory:", config=_configuration(settings, folder))
        try:
            connection.execute("SET TimeZone = 'UTC'")
            # It would be printed into whatever reads this process's output.
            connection.execute("SET enable_progress_bar = false")
            connection.execute(f"SET disabled_optimizers = '{disabled_optimizers()}'")
            if access is not None:
                reach_s3(connection, access)
            yield connection
        finally:
            connection.close()


@contextmanager
def lake_session(settings: Settings, tables: Iterable[str] = ()) -> Generator[DuckDBPyConnection]:
    """A session for the SQL of tables and checks: it opens the lake's own files and no others.

    These are below the warehouse, the landing folder and its own spill folder. `tables` are
    locations of tables that the catalog names by another way to the same warehouse.
    """
    with duckdb_session(settings) as connection:
        folders = (settings.warehouse_location, str(settings.landing_folder), *tables)
        confine(connection, folders)
        yield connection


def _configuration(
    settings: Settings, folder: Path
) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": settings.memory,
        "threads": threads_within(settings.memory, settings.threads),
        "temp_directory": str(folder),
        # A table has no row order; keeping the one rows arrive in would cost memory.
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_unredacted_secrets": False,
    }
