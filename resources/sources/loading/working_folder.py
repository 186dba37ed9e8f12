"""Where rows lie on disk between a reading and its publish."""

from __future__ import annotations

import uuid
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.settings import Settings


def working_folder(connection: DuckDBPyConnection, settings: Settings) -> Path:
    """A new folder that goes with the engine's own spill folder if this process is killed."""
    setting = "SELECT current_setting('temp_directory')"
    spill = Path(str(connection.execute(setting).fetchall()[0][0])).absolute()
    root = spill if spill.is_relative_to(settings.spill_folder) else settings.spill_folder
    folder = root / f"source-{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    return folder
