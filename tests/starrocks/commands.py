"""Commands, run with a lake's settings in their environment."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from resources.settings import Settings
from warehouse_assets.command_line.administration.starrocks import starrocks
from warehouse_assets.command_line.main import app


def invoke_starrocks(settings: Settings, patch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """`ledgerlake starrocks ...`"""
    enter(settings, patch)
    return CliRunner().invoke(starrocks, list(arguments))


def invoke_ledgerlake(settings: Settings, patch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """`ledgerlake ...`"""
    enter(settings, patch)
    return CliRunner().invoke(app, list(arguments))


def enter(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    """Let the environment say what the settings say."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            patch.setenv(f"LEDGERLAKE_{name.upper()}", str(value))
    # Wide enough that no column is cut.
    patch.setenv("COLUMNS", "200")
