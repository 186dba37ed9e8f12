"""Nothing but `pyiceberg_internals` uses what pyiceberg keeps private."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

INTERNALS = "resources.lake.pyiceberg_internals"


def modules(project_root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every module of resources that imports pyiceberg, or what is built on its private names."""
    for path in sorted((project_root / "resources").rglob("*.py")):
        name = ".".join(path.relative_to(project_root).with_suffix("").parts)
        text = path.read_text(encoding="utf-8")
        if name != INTERNALS and re.search(
            r"^ *from (pyiceberg|\S*pyiceberg_internals)", text, re.M
        ):
            yield name, ast.parse(text)


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_names(base: type) -> set[str]:
    """What a class keeps private: its attributes and methods."""
    assigned = set(re.findall(r"\bself\.(_[a-z]\w*)", inspect.getsource(base)))
    return {name for name in {*vars(base), *assigned} if is_private(name)}


def test_no_private_name_is_imported_and_none_is_read_of_another_object(project_root: Path):
    found = list(modules(project_root))
    assert len(found) > 20
    used: list[str] = []
    for module, tree in found:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pyiceberg"):
                used += [f"{module}: {each.name}" for each in node.names if is_private(each.name)]
            if (
                isinstance(node, ast.Attribute)
                and is_private(node.attr)
                # `other`, in __eq__, is of the same class.
                and ast.unparse(node.value) not in ("self", "other")
            ):
                used.append(f"{module}:{node.lineno}: {ast.unparse(node)}")
    assert used == []


def test_no_subclass_uses_or_overrides_what_its_base_keeps_private(project_root: Path):
    looked_at: list[str] = []
    used: list[str] = []
    for module, tree in modules(project_root):
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            made = getattr(importlib.import_module(module), node.name)
            bases = [each for each in made.__mro__ if each.__module__.startswith("pyiceberg.")]
            if not bases:
                continue
            looked_at.append(node.name)
            private = set().union(*map(private_names, bases))
            own = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
            own |= {each.name for each in ast.walk(node) if isinstance(each, ast.FunctionDef)}
            used += [f"{module}.{node.name}: {name}" for name in sorted(own & private)]
    assert {"LakeSqlCatalog", "ReplaceFiles", "LakeFileIO"} <= set(looked_at)
    assert used == []
