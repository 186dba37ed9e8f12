"""All tables together: found by looking, checked against each other, in order of dependence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

from resources.collector import without_collector
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary, metric_library
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.layers import LAYERS
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading.change_log_checks import with_input_logs
from warehouse_assets.modeling.loading.function_checks import check_functions
from warehouse_assets.modeling.loading.known_to_fit import are_known_to_fit, remember_that_they_fit
from warehouse_assets.modeling.loading.measure_checks import check_measures
from warehouse_assets.modeling.loading.metric_checks import metric_problems
from warehouse_assets.modeling.loading.table_checks import check_key, check_table, check_value_types
from warehouse_assets.modeling.modules import imported, module_names, module_path, modules_in
from warehouse_assets.modeling.sql.binding import Binder
from warehouse_assets.modeling.sql.statement import statement_of


def checked_warehouse(tables: Iterable[Table], metrics: MetricLibrary | None = None) -> Warehouse:
    """Check tables and metrics against each other and put the tables in order.

    Raises:
        LoadError: For the first thing that does not fit; it names file, line and table.
    """
    check_functions()
    named: dict[str, Table] = {}
    for table in tables:
        other = named.setdefault(table.name, table)
        if other is not table:
            raise table.error(f"the name is taken by {other.path}")
    named = {name: with_input_logs(table, named) for name, table in named.items()}
    for table in named.values():
        check_table(table, named)
    if circle := circle_error(named):
        raise circle[1]
    ordered = in_order(named)
    binder = Binder(ordered)
    metrics = metrics or MetricLibrary({})
    for problem in (*metrics.problems, *metric_problems(metrics, ordered, binder).values()):
        raise problem
    for table in ordered.values():
        check_statements(table, ordered, binder)
    return Warehouse(ordered, metrics)


def known_or_checked_warehouse(tables: Sequence[Table], metrics: MetricLibrary) -> Warehouse:
    """As `checked_warehouse`, but for the checks where the same tables passed them before.

    Raises:
        LoadError: As `checked_warehouse`.
    """
    if not are_known_to_fit(tables, metrics):
        warehouse = checked_warehouse(tables, metrics)
        remember_that_they_fit(tables, metrics)
        return warehouse
    named = {table.name: table for table in tables}
    named = {name: with_input_logs(table, named) for name, table in named.items()}
    return Warehouse(in_order(named), metrics)


def check_statements(table: Table, ordered: Mapping[str, Table], binder: Binder) -> None:
    """Raise LoadError where the table's SQL, checks or key do not fit the tables it reads."""
    statement = statement_of(table)
    if statement is not None:
        check_value_types(statement, ordered)
        check_measures(statement, ordered)
        binder.check_statement(table, statement)
    binder.check_conditions(table)
    check_key(table)


@cache
@without_collector()
def load_warehouse() -> Warehouse:
    """The warehouse of this project, found once a process, and checked unless it is known to fit.

    Raises:
        LoadError: For the first thing that does not fit.
    """
    return known_or_checked_warehouse(find_tables(), metric_library())


def check_warehouse() -> Warehouse:
    """The warehouse of this project, checked whatever is known of it.

    Raises:
        LoadError: As load_warehouse.
    """
    return checked_warehouse(find_tables(), metric_library())


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
