"""The files of docker/, read and checked by whatever this machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="session")
def docker_folder(project_root: Path) -> Path:
    """The files of the production topology."""
    return project_root / "docker"


@pytest.fixture(scope="session")
def compose(docker_folder: Path) -> dict[str, Any]:
    """compose.yaml, as YAML has it: anchors merged, variables as they are written."""
    return yaml.safe_load((docker_folder / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The services of compose.yaml: enough of them for what tests say of each."""
    found = compose["services"]
    assert len(found) > 8
    return found


def find_program(name: str, how: str) -> str:
    """Where the program is. Without it the test is skipped; in CI it fails."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    return found or missing(f"{name} is missing: {how}")


def find_compose() -> list[str]:
    """Docker's plugin, or the older program that Debian has."""
    if shutil.which("docker"):
        asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["docker", "compose"]
    return [find_program("docker-compose", "on Debian, apt-get install docker-compose")]


def missing(what: str) -> Any:
    """Skip the test, or fail it in CI."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
