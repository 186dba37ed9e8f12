"""The outlines of this project's tables, kept from one command to the next.

Importing every table takes longer than a look may take. What looking takes of the declarations is
kept in the user's cache folder under a digest of every module it is made of, so that other code
never finds it.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from resources.collector import without_collector
from resources.user_cache import code_digest, read_cached, write_cached
from warehouse_assets.modeling.loading.outline import Outlines, outlines_of

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

_KEPT = 8
_OWN = ("resources.", "warehouse_assets.")
_STANDARD = {
    ("builtins", "dict"),
    ("builtins", "frozenset"),
    ("datetime", "date"),
    ("datetime", "time"),
    ("decimal", "Decimal"),
}


@cache
def load_outlines() -> Outlines:
    """The outlines of this project's tables, from the cache if the code is the same."""
    name = _name()
    found = _read(name)
    if found is None:
        found = _made()
        _write(name, found)
    return found


def keep_outlines(warehouse: Warehouse) -> None:
    """Keep the outlines of a warehouse that is loaded anyway: the next look need not load it.

    Nothing is kept of one with broken tables, whose outlines say more of them.
    """
    from warehouse_assets.modeling.loading.find_tables import table_modules

    name, modules = _name(), table_modules()
    if warehouse.tables.keys() == modules.keys() and read_cached(name) is None:
        _write(name, outlines_of([warehouse.tables[each] for each in modules], (), modules))


def _name() -> str:
    return f"{code_digest()}.outlines"


@without_collector()
def _made() -> Outlines:
    from warehouse_assets.modeling.loading.find_tables import table_modules, tables_and_problems

    tables, problems = tables_and_problems()
    return outlines_of(tables, problems.values(), table_modules())


def _read(name: str) -> Outlines | None:
    content = read_cached(name)
    if content is None:
        return None
    try:
        found = _Unpickler(io.BytesIO(content)).load()
    except Exception:  # noqa: BLE001 - whatever a damaged file raises, it is made anew
        return None
    return found if isinstance(found, Outlines) else None


def _write(name: str, outlines: Outlines) -> None:
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(outlines)
    write_cached(name, buffer.getvalue(), _KEPT)


class _Pickler(pickle.Pickler):
    """Writes a read-only mapping as one that is not, and of a declaration only what it declares.

    What a declaration has worked out of itself, such as a compiled pattern, is worked out again:
    the cache must not depend on what this process has looked at before.
    """

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, MappingProxyType):
            return dict, (dict(obj),)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if is_dataclass(obj) and not isinstance(obj, type):
            make, arguments, state, *rest = obj.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
            if isinstance(state, dict):
                declared = {field.name for field in fields(obj)}
                state = {name: value for name, value in state.items() if name in declared}
            return make, arguments, state, *rest
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Makes objects of the project's own classes, and a few of the standard library."""

    def find_class(self, module_name: str, global_name: str, /) -> Callable[..., object]:
        own = module_name.startswith(_OWN)
        if not (own or (module_name, global_name) in _STANDARD or "pathlib" in module_name):
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is not expected here")
        found = super().find_class(module_name, global_name)
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no class")
        return found
