"""Lakes of two hosts that share a catalog in PostgreSQL and a warehouse, but no home."""

from __future__ import annotations

from pathlib import Path

from resources.lake.lake import Lake
from resources.settings import SETTINGS_FILE
from tests.lake.builders import open_lake
from tests.servers.postgres import PostgresDatabase


def home_on_postgres(database: PostgresDatabase, home: Path, warehouse: Path) -> Path:
    """Make `home` that of a lake whose catalog is in the database: any process may open it."""
    home.mkdir(parents=True, exist_ok=True)
    variables = database.environment() | {"LEDGERLAKE_WAREHOUSE": str(warehouse)}
    lines = [f"{name}={value}" for name, value in variables.items()]
    (home / SETTINGS_FILE).write_text("\n".join(lines))
    return home


def lake_on_postgres(database: PostgresDatabase, folder: Path, host: str = "here") -> Lake:
    """The lake as the host sees it; its home is in the folder, beside the shared warehouse."""
    return open_lake(home_on_postgres(database, folder / host, folder / "warehouse"))


def leases(database: PostgresDatabase) -> list[str]:
    """Attempts that left a lease."""
    return [str(row[0]) for row in database.run("SELECT id FROM ledgerlake_attempt")]


def end_sessions_with_locks(database: PostgresDatabase) -> int:
    """End every session of the database that holds a lock of ours; how many they were."""
    ended = database.run(
        "SELECT pg_terminate_backend(pid) FROM (SELECT DISTINCT l.pid FROM pg_locks AS l "
        "JOIN pg_stat_activity AS a ON a.pid = l.pid "
        "WHERE l.locktype = 'advisory' AND a.datname = current_database()) AS holding"
    )
    return len(ended)


def locks_held(database: PostgresDatabase) -> int:
    """How many locks of ours are held in the database."""
    [(count,)] = database.run(
        "SELECT COUNT(*) FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid "
        "WHERE l.locktype = 'advisory' AND a.datname = current_database()"
    )
    return int(count)
