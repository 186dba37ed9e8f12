"""What Dagster keeps private is used in one place."""

from __future__ import annotations

import re
from pathlib import Path

PRIVATE = re.compile(r"\bdagster\._(core|serdes|grpc|cli)\b")
PLACES = {
    "warehouse_assets/orchestration/dagster_internals.py",
    # In the image of the daemon, which has nothing else of the project.
    "docker/checked_launcher.py",
}
ROOTS = ("benchmarks", "docker", "examples", "resources", "tests", "warehouse_assets")


def test_only_one_module_uses_what_dagster_keeps_private(project_root: Path) -> None:
    files = [path for root in ROOTS for path in (project_root / root).rglob("*.py")]
    assert len(files) > 500
    users = {
        path.relative_to(project_root).as_posix()
        for path in files
        if PRIVATE.search(path.read_text(encoding="utf-8"))
    }
    assert users == PLACES, "import it from warehouse_assets/orchestration/dagster_internals.py"
