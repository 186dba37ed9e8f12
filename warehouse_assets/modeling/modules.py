"""Modules found by looking into a folder, and imported so that a mistake names its line."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from warehouse_assets.modeling.load_errors import LoadError, line_raising, load_error


def modules_in(package: str) -> Iterator[ModuleType]:
    """Import the modules of a package, in the order of their names; none if there is no package.

    Raises:
        LoadError: If one of them fails to import; names the line.
    """
    for name in module_names(package):
        yield imported(name)


def module_names(package: str) -> list[str]:
    """The full names of a package's modules, in order; none if there is no package."""
    if importlib.util.find_spec(package) is None:
        return []
    folder = importlib.import_module(package)
    found = sorted(module.name for module in pkgutil.iter_modules(list(folder.__path__)))
    return [f"{package}.{name}" for name in found]


def imported(name: str) -> ModuleType:
    """The module of that name.

    Raises:
        LoadError: If its import fails; names the line.
    """
    try:
        return importlib.import_module(name)
    except LoadError:
        raise
    except Exception as error:
        # Whatever a module raises, its author wants the line, not the way the import took.
        path = module_path(name)
        raise load_error(
            path.stem, path, line_raising(error, path), f"{type(error).__name__}: {error}"
        ) from error


def module_path(name: str) -> Path:
    """The file of the module of that name, which need not load."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin) if spec and spec.origin else Path(name)
