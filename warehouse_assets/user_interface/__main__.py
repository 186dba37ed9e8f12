"""`python -m warehouse_assets.user_interface`: dagster-webserver, its options, and the guard."""

from __future__ import annotations

import importlib
import os
from typing import Any

from .guard import HOSTS, Guard


def main() -> None:
    """Serve until told to end."""
    # Dagster has no place of its own to put an application before its own.
    cli: Any = importlib.import_module("dagster_webserver.cli")
    create = cli.create_app_from_workspace_process_context

    def guarded(*arguments: Any, **options: Any) -> Guard:
        return Guard(create(*arguments, **options), os.environ.get(HOSTS, "").split(","))

    cli.create_app_from_workspace_process_context = guarded
    cli.main()


if __name__ == "__main__":
    main()
