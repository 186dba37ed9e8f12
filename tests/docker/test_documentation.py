"""docs/deploy.md says what the files do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def guide(project_root: Path) -> str:
    return (project_root / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_every_variable_is_documented_with_its_default(docker_folder: Path, guide: str) -> None:
    compose = (docker_folder / "compose.yaml").read_text(encoding="utf-8")
    variables = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", compose))
    assert len(variables) > 8
    for name, default in variables.items():
        (row,) = [
            line for line in guide.splitlines() if line.startswith("|") and f"`{name}`" in line
        ]
        assert default in row or (name, default) == ("LANDING", "landing"), row


def test_every_service_is_explained(services: dict[str, Any], guide: str) -> None:
    table = guide.split("## What runs")[1].split("\n## ")[0]
    assert all(f"`{name}`" in table for name in services)


def test_what_is_linked_is_there(project_root: Path, guide: str) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", guide):
        assert (project_root / "docs" / target).exists(), target
    made_by_the_reader = {"docker/.env", "docker/compose.override.yaml"}
    for path in {*re.findall(r"`((?:docker|tests)/[\w/.]+)`", guide)} - made_by_the_reader:
        assert (project_root / path).exists(), path


def test_commands_name_services_that_there_are(services: dict[str, Any], guide: str) -> None:
    named = re.findall(
        r"docker compose (?:exec|run)((?: --?\w[\w-]*(?:[ =]/\S+| sh)?| -T)*) (\w+)", guide
    )
    assert len(named) > 8
    assert {service for _, service in named} <= set(services)
