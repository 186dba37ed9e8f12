"""The sample shop, where it is installed: the one place where the warehouse names an example.

The shop is built on the warehouse, so nothing here imports it: its commands, and the small lake
that pages take their sample rows from, are looked up by name.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

_PACKAGE = "examples.sample_shop"


def shop_module(name: str) -> ModuleType | None:
    """A module of the sample shop; None where the shop is not installed."""
    try:
        return import_module(f"{_PACKAGE}.{name}")
    except ModuleNotFoundError as error:
        if error.name is not None and _PACKAGE.startswith(error.name):
            return None
        raise
