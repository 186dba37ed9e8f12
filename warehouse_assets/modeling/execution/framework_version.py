"""One value for everything beside a table's own code that could change the rows it gives."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from warehouse_assets import modeling

if TYPE_CHECKING:
    from resources.settings import Settings

# It only serves rows.
_NO_PART_IN_ROWS = ("starrocks",)


def framework_version(settings: Settings) -> str:
    """Changes with the framework's code, the engine, and the settings that queries can see."""
    facts = (_code(), settings.time_zone, settings.first_date, settings.holiday_country)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


@cache
def _code() -> str:
    import duckdb

    digest = hashlib.sha256(duckdb.__version__.encode())
    for package in (resources, modeling):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            if path.relative_to(root).parts[0] not in _NO_PART_IN_ROWS:
                digest.update(path.read_bytes())
    return digest.hexdigest()
