"""The examples of CONTRIBUTING.md keep the rules they teach."""

from __future__ import annotations

import ast
import re
from pathlib import Path

GUIDE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_class_of_an_example_says_what_it_is() -> None:
    found = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    blocks = [block for block in found if "\nclass " in f"\n{block}"]
    classes = [
        node for block in blocks for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.ClassDef)
    ]  # fmt: skip
    assert classes
    for node in classes:
        assert ast.get_docstring(node), f"{node.name} has no docstring"
