"""The tables of a warehouse: found by looking into its folders, and put in order of dependence."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.layers import LAYERS
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading.change_log_checks import with_input_logs
from warehouse_assets.modeling.modules import imported, module_names, module_path, modules_in


def find_tables(package: str = "warehouse_assets") -> list[Table]:
    """Import every module of every layer and take the one table from each.

    Raises:
        LoadError: If a module holds none, several, or one of another name.
    """
    return [_only_table(module) for layer in LAYERS for module in modules_in(f"{package}.{layer}")]


def tables_and_problems(
    package: str = "warehouse_assets",
) -> tuple[list[Table], dict[str, LoadError]]:
    """Every table that can be imported, and by name what is wrong with others or their inputs.

    Tables have the change logs of their inputs; nothing else of them is checked.
    """
    found: dict[str, Table] = {}
    problems: dict[str, LoadError] = {}
    for name, module in table_modules(package).items():
        try:
            found[name] = _only_table(imported(module.full_name))
        except LoadError as error:
            problems[name] = error
    for name, table in list(found.items()):
        try:
            found[name] = with_input_logs(table, found)
        except LoadError as error:
            problems[name] = error
    return list(found.values()), problems


class TableModule(NamedTuple):
    """A module that holds a table, or should."""

    full_name: str
    layer: str
    path: Path


def table_modules(package: str = "warehouse_assets") -> dict[str, TableModule]:
    """Every module that holds a table, or should, by the table's name."""
    found: dict[str, TableModule] = {}
    for layer in LAYERS:
        for full_name in module_names(f"{package}.{layer}"):
            name = full_name.rpartition(".")[2]
            found.setdefault(name, TableModule(full_name, layer, module_path(full_name)))
    return found


def _only_table(module: object) -> Table:
    found = {n: value for n, value in vars(module).items() if isinstance(value, Table)}
    path = str(getattr(module, "__file__", module))
    name = Path(path).stem
    if list(found) != [name]:
        names = ", ".join(found) or "none"
        raise LoadError(f"{path}: holds {names}", f"Define one table in it, as `{name} = table(`.")
    return found[name]


def in_order(named: Mapping[str, Table]) -> dict[str, Table]:
    """The tables, inputs before the tables that read them; none of them is made of itself."""
    sorter = _sorter(named)
    return {name: named[name] for name in sorter.static_order()}


def circle_error(named: Mapping[str, Table]) -> tuple[str, LoadError] | None:
    """A table that is made of itself, by name, and what to say of it; None: there is none."""
    sorter = _sorter(named)
    try:
        sorter.prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        message = "reads itself in the end: " + " <- ".join(circle)
        return circle[0], named[circle[0]].error(message, f'"{circle[-2]}"')
    return None


def _sorter(named: Mapping[str, Table]) -> TopologicalSorter[str]:
    return TopologicalSorter({name: list(table.reads) for name, table in named.items()})
