"""ledgerlake ui: open Dagster's UI on the lake, behind the guard, with the daemon beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int, typer.Option("--port", help="Port to listen on.")]

_WORKSPACE = Path(__file__).parents[3] / "workspace.yaml"


def ui(host: Host = "127.0.0.1", port: Port = 3000) -> None:
    """Open the Dagster UI on the lake; it asks nobody for a password, and stays on loopback.

    Requests of foreign web pages are refused. Names of a proxy in front: LEDGERLAKE_UI_HOSTS.
    """
    from resources.settings import load_settings
    from warehouse_assets.orchestration.instance.instance import instance_home
    from warehouse_assets.user_interface.development import serve
    from warehouse_assets.user_interface.guard import HOSTS

    settings = load_settings()
    os.environ["DAGSTER_HOME"] = str(instance_home(settings))
    if settings.ui_hosts is not None:
        os.environ[HOSTS] = settings.ui_hosts
    serve(host, port, str(_WORKSPACE))
