"""All tables together: found by looking, checked against each other, in order of dependence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from resources.starrocks.served_table import ServedTable
from warehouse_assets.modeling.binding import Binder
from warehouse_assets.modeling.change_log import with_input_logs
from warehouse_assets.modeling.functions.registry import check_functions
from warehouse_assets.modeling.layers import LAYERS
from warehouse_assets.modeling.load_errors import LoadError, did_you_mean
from warehouse_assets.modeling.metrics.checks import check_metrics
from warehouse_assets.modeling.metrics.library import MetricLibrary, metric_library
from warehouse_assets.modeling.metrics.measure_checks import check_measures
from warehouse_assets.modeling.modules import imported, module_names, modules_in
from warehouse_assets.modeling.statement import Statement
from warehouse_assets.modeling.table import Table
from warehouse_assets.modeling.table_checks import check_key, check_table, check_value_types

__all__ = [
    "LAYERS",
    "Warehouse",
    "find_tables",
    "load_warehouse",
    "problems_of",
    "table_modules",
    "tables_and_problems",
]


@dataclass(frozen=True)
class Warehouse:
    """Every table by name, inputs before the tables that read them; and every metric."""

    tables: Mapping[str, Table]
    metrics: MetricLibrary

    @classmethod
    def of(cls, tables: Iterable[Table], metrics: MetricLibrary | None = None) -> Warehouse:
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
        ordered = {name: named[name] for name in _in_order(named)}
        binder = Binder(ordered)
        metrics = metrics or MetricLibrary({})
        check_metrics(metrics, ordered, binder)
        for table in ordered.values():
            _check_statements(table, ordered, binder)
        return cls(ordered, metrics)

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """For each table the names of those that read it directly."""
        readers: dict[str, list[str]] = {name: [] for name in self.tables}
        for table in self.tables.values():
            for name in table.reads:
                readers[name].append(table.name)
        return {name: tuple(found) for name, found in readers.items()}

    @cached_property
    def served(self) -> tuple[ServedTable, ...]:
        """The tables that StarRocks serves, inputs before the tables that read them."""
        return tuple(
            table.serving.of(table.spec) for table in self.tables.values() if table.serving
        )

    def made_of(self, *names: str) -> Warehouse:
        """The part of the warehouse that has the named tables and all they are made of."""
        wanted = {self.table(name).name for name in names}
        for table in reversed(list(self.tables.values())):
            if table.name in wanted:
                wanted.update(table.reads)
        return replace(self, tables={n: t for n, t in self.tables.items() if n in wanted})

    def table(self, name: str) -> Table:
        """The table of that name.

        Raises:
            LoadError: If there is none; suggests the nearest.
        """
        if name not in self.tables:
            step = did_you_mean(name, self.tables) or "Run `ledgerlake tables` to see all."
            raise LoadError(f"there is no table {name}", step)
        return self.tables[name]


def problems_of(
    tables: Iterable[Table], metrics: MetricLibrary, unloaded: Set[str] = frozenset()
) -> list[LoadError]:
    """Everything that does not fit, one error a table: what Warehouse.of raises, and what is next.

    What depends on a table that does not fit, or whose module does not load (`unloaded`), is not
    looked at: its error would be the same one.
    """
    named = {table.name: table for table in tables}
    problems: dict[str, LoadError] = {}
    for name, table in named.items():
        if unloaded & table.reads.keys():
            continue
        try:
            check_table(table, named)
        except LoadError as error:
            problems[name] = error
    fitting = {
        name: table
        for name, table in named.items()
        if not _depends_on(problems, table, named, frozenset())
    }
    found = list(problems.values())
    try:
        ordered = {name: fitting[name] for name in _in_order(fitting)}
        binder = Binder(ordered)
    except LoadError as error:
        return [*found, error]
    if not found:
        try:
            check_metrics(metrics, ordered, binder)
        except LoadError as error:
            found.append(error)
    for table in ordered.values():
        try:
            _check_statements(table, ordered, binder)
        except LoadError as error:
            found.append(error)
    return found


def _depends_on(
    problems: Mapping[str, LoadError],
    table: Table,
    named: Mapping[str, Table],
    above: frozenset[str],
) -> bool:
    if table.name in problems or table.name in above:
        return True
    below = above | {table.name}
    return any(
        name not in named or _depends_on(problems, named[name], named, below)
        for name in table.reads
    )


def _check_statements(table: Table, ordered: Mapping[str, Table], binder: Binder) -> None:
    if table.sql is not None:
        statement = Statement(table, table.sql)
        check_value_types(statement, ordered)
        check_measures(statement, ordered)
        binder.check_statement(table, statement)
    binder.check_conditions(table)
    check_key(table)


@cache
def load_warehouse() -> Warehouse:
    """The warehouse of this project, found and checked once a process."""
    return Warehouse.of(find_tables(), metric_library())


def find_tables(package: str = "warehouse_assets") -> list[Table]:
    """Import every module of every layer and take the one table from each.

    Raises:
        LoadError: If a module holds none, several, or one of another name.
    """
    return [_only_table(module) for layer in LAYERS for module in modules_in(f"{package}.{layer}")]


def tables_and_problems(
    package: str = "warehouse_assets",
) -> tuple[list[Table], list[LoadError]]:
    """Every table that can be imported, and for each other module why it cannot.

    Tables have the change logs of their inputs; nothing else of them is checked.
    """
    found: dict[str, Table] = {}
    problems: list[LoadError] = []
    for layer in LAYERS:
        for name in module_names(f"{package}.{layer}"):
            try:
                table = _only_table(imported(name))
            except LoadError as error:
                problems.append(error)
            else:
                found.setdefault(table.name, table)
    for name, table in list(found.items()):
        try:
            found[name] = with_input_logs(table, found)
        except LoadError as error:
            problems.append(error)
    return list(found.values()), problems


def table_modules(package: str = "warehouse_assets") -> list[str]:
    """The names of all modules that hold a table, or should."""
    names = [name for layer in LAYERS for name in module_names(f"{package}.{layer}")]
    return [name.rpartition(".")[2] for name in names]


def _only_table(module: object) -> Table:
    found = {n: value for n, value in vars(module).items() if isinstance(value, Table)}
    path = str(getattr(module, "__file__", module))
    name = Path(path).stem
    if list(found) != [name]:
        names = ", ".join(found) or "none"
        raise LoadError(f"{path}: holds {names}", f"Define one table in it, as `{name} = table(`.")
    return found[name]


def _in_order(named: Mapping[str, Table]) -> list[str]:
    sorter = TopologicalSorter({name: list(table.reads) for name, table in named.items()})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        circle: list[str] = error.args[1]
        raise named[circle[0]].error(
            "reads itself in the end: " + " <- ".join(circle), f'"{circle[-2]}"'
        ) from error
