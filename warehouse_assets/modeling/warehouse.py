"""All tables together: found by looking, checked against each other, in order of dependence."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

from resources.identifiers import checked_identifier
from warehouse_assets.modeling.binding import Binder
from warehouse_assets.modeling.load_errors import LoadError, did_you_mean, line_raising, load_error
from warehouse_assets.modeling.statement import Statement
from warehouse_assets.modeling.table import Table

LAYERS = {
    "ods": ("ods_",),
    "dim": ("dim_",),
    "fact": ("dwd_", "dws_"),
    "ads": ("ads_", "dm_"),
}


@dataclass(frozen=True)
class Warehouse:
    """Every table by name, inputs before the tables that read them."""

    tables: Mapping[str, Table]

    @classmethod
    def of(cls, tables: Iterable[Table]) -> Warehouse:
        """Check the tables against each other and put them in order.

        Raises:
            LoadError: For the first thing that does not fit; it names file, line and table.
        """
        named: dict[str, Table] = {}
        for table in tables:
            other = named.setdefault(table.name, table)
            if other is not table:
                raise table.error(f"the name is taken by {other.path}")
        for table in named.values():
            _check_table(table, named)
        ordered = {name: named[name] for name in _in_order(named)}
        binder = Binder(ordered)
        for table in ordered.values():
            if table.sql is not None:
                binder.check_statement(table, Statement(table, table.sql))
            binder.check_conditions(table)
        return cls(ordered)

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """For each table the names of those that read it directly."""
        readers: dict[str, list[str]] = {name: [] for name in self.tables}
        for table in self.tables.values():
            for name in table.reads:
                readers[name].append(table.name)
        return {name: tuple(found) for name, found in readers.items()}

    def table(self, name: str) -> Table:
        """The table of that name.

        Raises:
            LoadError: If there is none; suggests the nearest.
        """
        if name not in self.tables:
            step = did_you_mean(name, self.tables) or "Run `ledgerlake tables` to see all."
            raise LoadError(f"there is no table {name}", step)
        return self.tables[name]


@cache
def load_warehouse() -> Warehouse:
    """The warehouse of this project, found and checked once a process."""
    return Warehouse.of(find_tables())


def find_tables(package: str = "warehouse_assets") -> list[Table]:
    """Import every module of every layer and take the one table from each.

    Raises:
        LoadError: If a module holds none, several, or one of another name.
    """
    root = importlib.import_module(package)
    return [
        _only_table(_imported(f"{package}.{layer}.{module.name}"))
        for layer in LAYERS
        for module in sorted(
            pkgutil.iter_modules([str(Path(root.__path__[0]) / layer)]), key=lambda m: m.name
        )
    ]


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except LoadError:
        raise
    except Exception as error:
        # Whatever a module raises, its author wants the line, not the way the import took.
        spec = importlib.util.find_spec(name)
        path = Path(spec.origin) if spec and spec.origin else Path(name)
        raise load_error(
            path.stem, path, line_raising(error, path), f"{type(error).__name__}: {error}"
        ) from error


def _only_table(module: object) -> Table:
    found = {n: value for n, value in vars(module).items() if isinstance(value, Table)}
    path = str(getattr(module, "__file__", module))
    name = Path(path).stem
    if list(found) != [name]:
        names = ", ".join(found) or "none"
        raise LoadError(f"{path}: holds {names}", f"Define one table in it, as `{name} = table(`.")
    return found[name]


def _check_table(table: Table, named: Mapping[str, Table]) -> None:
    checked_identifier(table.name, "table name")
    prefixes = LAYERS.get(table.layer, ())
    if not table.name.startswith(prefixes):
        wanted = " or ".join(prefixes)
        raise table.error(f"a table in {table.layer}/ is named {wanted}*")
    if not table.doc:
        raise table.error("has no docstring", step="Start it with the grain: One row per ...")
    if sum(body is not None for body in (table.sql, table.source, table.rows)) != 1:
        raise table.error("needs exactly one of sql, source and rows")
    columns = {column.spec.name: column for column in table.columns}
    for name, column in columns.items():
        checked_identifier(name, f"column name in {table.name}")
        target = column.role.references
        if target is not None and target not in named:
            raise table.error(f"column {name} refers to {target}, which does not exist",
                              f"{name}:", did_you_mean(target, named))  # fmt: skip
        if target is not None and name not in named[target].key:
            raise table.error(
                f"column {name} refers to {target}, whose key is {', '.join(named[target].key)}",
                f"{name}:",
            )
    for name in table.sort_by:
        if name not in columns:
            raise table.error(f"sort_by names {name}, which is no column", name,
                              did_you_mean(name, columns))  # fmt: skip
    for name in table.dropped:
        if name in columns:
            raise table.error(f"column {name} is declared and dropped at once", name)
    _check_reads(table, named)


def _check_reads(table: Table, named: Mapping[str, Table]) -> None:
    for name, window in table.reads.items():
        if name not in named:
            raise table.error(f"reads {name}, which does not exist", f'"{name}"',
                              did_you_mean(name, named))  # fmt: skip
        if not window.whole and (not table.partition_column or not named[name].partition_column):
            raise table.error(f"reads {name} by {window.name}, but one of the two has no "
                              "partitions", f'"{name}"', "Read it with whole_table().")  # fmt: skip
    if table.sql is None:
        return
    statement = Statement(table, table.sql)
    for name, position in statement.tables.items():
        if name not in named:
            raise statement.error(f"there is no table {name}", position,
                                  did_you_mean(name, named))  # fmt: skip
        if name not in table.reads:
            step = f'Add "{name}": same_day() to reads.'
            raise statement.error(f"{name} is missing from reads", position, step)
    for name in table.reads:
        if name not in statement.tables:
            raise table.error(f"{name} is in reads and the SQL does not use it", f'"{name}"')
    if table.partition_column and not statement.uses_window:
        raise statement.error(
            "the SQL uses neither :start nor :end, so it ignores its partition",
            statement.projection(),
        )


def _in_order(named: Mapping[str, Table]) -> list[str]:
    sorter = TopologicalSorter({name: list(table.reads) for name, table in named.items()})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        circle: list[str] = error.args[1]
        raise named[circle[0]].error(
            "reads itself in the end: " + " <- ".join(circle), f'"{circle[-2]}"'
        ) from error
