"""One value for everything beside a table's own code that could change the rows it gives."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from resources.user_cache import read_cached, write_cached
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
    """Of the engine and every module that takes part in rows."""
    import duckdb

    texts = [path.read_bytes() for path in _modules()]
    name = f"{hashlib.sha256(bytes(1).join(texts)).hexdigest()[:32]}.framework"
    kept = read_cached(name)
    if kept is None:
        # It takes a second or two, once for each change of the code.
        kept = "".join(map(meaning_of, texts)).encode()
        kept = hashlib.sha256(kept).hexdigest().encode()
        write_cached(name, kept, kept=4)
    return f"{duckdb.__version__} {kept.decode()}"


def _modules() -> list[Path]:
    found: list[Path] = []
    for package in (resources, modeling):
        root = Path(package.__path__[0])
        found += [
            path
            for path in sorted(root.rglob("*.py"))
            if path.relative_to(root).parts[0] not in _NO_PART_IN_ROWS
        ]
    return found


def meaning_of(module: bytes) -> str:
    """What a module's text says to Python: it does not change with a docstring or a comment."""
    tree = ast.parse(module)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            del node.body[0]
    return ast.dump(tree)
