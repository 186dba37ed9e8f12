"""Which tables a selection such as `+ads_finance_daily` or `layer:fact` means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from resources.errors import SettingsError

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

LAYER = "layer:"


def selected_tables(warehouse: Warehouse, selection: Iterable[str]) -> list[Table]:
    """The tables of the selection, inputs before the tables that read them.

    A selection is `all`, a table's name, `+name` with everything it is made of, `name+` with
    everything made of it, or `layer:fact`; several are added up.

    Raises:
        LedgerlakeError: If a name or a layer does not exist; suggests the nearest.
    """
    names: set[str] = set()
    for part in selection:
        names |= _selected(warehouse, part)
    return [table for name, table in warehouse.tables.items() if name in names]


def broken_tables(warehouse: Warehouse, selection: Iterable[str]) -> list[str]:
    """The tables that the selection means as well, and that cannot run because they do not load."""
    found: set[str] = set()
    for part in selection:
        if part == "all":
            found |= warehouse.broken.keys()
        elif part.startswith(LAYER):
            layer = part.removeprefix(LAYER)
            found |= {table.name for table in warehouse.broken.values() if table.layer == layer}
        elif part.endswith("+"):
            # Whatever is made of a broken table is broken: no whole one lies between them.
            above = _selected(warehouse, part.removeprefix("+"))
            while new := [
                table.name
                for table in warehouse.broken.values()
                if table.name not in above and above & set(table.reads)
            ]:
                above |= set(new)
            found |= above & warehouse.broken.keys()
    return sorted(found)


def tables_of_layer(warehouse: Warehouse, layer: str) -> list[Table]:
    """The tables of one layer; SettingsError if there is no such layer."""
    checked = checked_layer(layer)
    return [table for table in warehouse.tables.values() if table.layer == checked]


def checked_layer(layer: str) -> str:
    """The layer's name.

    Raises:
        SettingsError: If there is no such layer; suggests the nearest.
    """
    from warehouse_assets.modeling.layers import LAYERS
    from warehouse_assets.modeling.load_errors import did_you_mean

    if layer not in LAYERS:
        raise SettingsError(
            f"there is no layer {layer}",
            did_you_mean(layer, LAYERS) or f"The layers are {', '.join(LAYERS)}.",
        )
    return layer


def _selected(warehouse: Warehouse, part: str) -> set[str]:
    if part == "all":
        return set(warehouse.tables)
    if part.startswith(LAYER):
        return {table.name for table in tables_of_layer(warehouse, part.removeprefix(LAYER))}
    name = warehouse.table(part.removeprefix("+").removesuffix("+")).name
    names = {name}
    if part.startswith("+"):
        names |= _reached(name, lambda table: warehouse.table(table).reads)
    if part.endswith("+"):
        names |= _reached(name, lambda table: warehouse.readers[table])
    return names


def _reached(name: str, neighbours: Callable[[str], Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = set(neighbours(waiting.pop())) - found
        found |= new
        waiting.extend(new)
    return found
