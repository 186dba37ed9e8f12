"""`dagster dev`, webserver and daemon in one command, with the guard before the webserver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_WEBSERVER, _DAEMON = "dagster_webserver", "dagster._daemon"
_GUARDED = __name__.rpartition(".")[0]


def serve(host: str, port: int, workspace: str) -> None:
    """Serve the UI, run the daemon, and return when told to end."""
    from warehouse_assets.orchestration.dagster_internals import dagster_dev

    dev: Any = dagster_dev
    start = dev.open_ipc_subprocess

    def guarded(command: Sequence[str], **options: Any) -> Any:
        return start(with_guard(command), **options)

    dev.open_ipc_subprocess = guarded
    arguments = ["--host", host, "--port", str(port), "--workspace", workspace]
    dev.dev_command.main(arguments, prog_name="ledgerlake ui", standalone_mode=False)


def with_guard(command: Sequence[str]) -> list[str]:
    """Dagster's command for one of its processes, the webserver's with the guard.

    Raises:
        RuntimeError: If it is none that is known: no webserver is started without the guard.
    """
    if _DAEMON in command:
        return list(command)
    if _WEBSERVER not in command:
        raise RuntimeError(f"dagster dev starts {command[:3]}, which is not known to be safe")
    return [_GUARDED if part == _WEBSERVER else part for part in command]
