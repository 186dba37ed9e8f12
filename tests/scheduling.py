"""Which tests a worker of pytest-xdist gets together, and which are given out first."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

_FIRST = (
    "tests/ui",
    "tests/topology",
    "tests/examples/olist",
    "tests/command_line",
    "tests/java_reader",
    "tests/reconciliation",
    "tests/reporting",
    "tests/warehouse",
)
"""Folders of one expensive set-up: each goes to one worker, the slowest first."""

# Both start a daemon, code servers and more: side by side they wait for each other too long.
_ONE_AFTER_THE_OTHER = {"tests/topology": "tests/ui"}


class FolderScheduling(LoadScopeScheduling):
    """Gives a worker one file at a time, of `_FIRST` one folder.

    Without `--no-loadscope-reorder` the units with the most tests, not the slowest, are first.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        unit = next((folder for folder in _FIRST if file.startswith(f"{folder}/")), file)
        return _ONE_AFTER_THE_OTHER.get(unit, unit)


def slowest_first(items: list[pytest.Item]) -> None:
    """Move the tests of `_FIRST` to the front; the others keep their order."""

    def rank(item: pytest.Item) -> int:
        found = (n for n, folder in enumerate(_FIRST) if item.nodeid.startswith(f"{folder}/"))
        return next(found, len(_FIRST))

    items.sort(key=rank)
