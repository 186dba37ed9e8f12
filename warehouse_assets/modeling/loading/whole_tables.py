"""What of a warehouse is whole where modules have mistakes: the rest goes on without them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from warehouse_assets.modeling.declaration.metric import Metric, RatioMetric
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary, metric_library
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import BrokenTable, Warehouse
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading.find_tables import (
    circle_error,
    in_order,
    table_modules,
    tables_and_problems,
)
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse


class WholeTables(NamedTuple):
    """The warehouse of all that is whole, and each mistake once, where it is."""

    warehouse: Warehouse
    problems: tuple[LoadError, ...]


@cache
def load_whole_tables() -> Warehouse:
    """The warehouse of this project without its broken tables, which it names in `broken`.

    For what goes on when one module has a mistake; `load_warehouse` is for what does not.
    """
    try:
        return load_warehouse()
    except LoadError:
        return whole_tables().warehouse


def whole_tables(package: str = "warehouse_assets") -> WholeTables:
    """Take every table and metric that fits, and say of the others why they do not.

    A table that reads a broken one is broken itself; a metric over a broken table is left out.
    Neither is a mistake of its own, so neither is among the problems.
    """
    # The checks bring sqlglot and DuckDB; a warehouse that is known to fit needs neither.
    from warehouse_assets.modeling.loading.check_warehouse import check_statements
    from warehouse_assets.modeling.loading.function_checks import check_functions
    from warehouse_assets.modeling.loading.metric_checks import metric_problems
    from warehouse_assets.modeling.loading.table_checks import check_table
    from warehouse_assets.modeling.sql.binding import Binder

    check_functions()
    tables, errors = tables_and_problems(package)
    named = {table.name: table for table in tables}
    modules = table_modules(package)
    unloaded = modules.keys() - named.keys()
    for name, table in named.items():
        if name in errors or unloaded & table.reads.keys():
            continue
        try:
            check_table(table, named, unloaded)
        except LoadError as error:
            errors[name] = error
    while circle := circle_error(_without(named, errors)):
        errors[circle[0]] = circle[1]
    ordered = in_order(_without(named, errors))
    binder = Binder(ordered)
    library = metric_library(package)
    wrong_metrics = metric_problems(library, ordered, binder, modules.keys() - ordered.keys())
    for name, table in ordered.items():
        try:
            check_statements(table, ordered, binder)
        except LoadError as error:
            errors[name] = error
    whole = _without(ordered, errors)
    broken = {
        name: BrokenTable(name, module.layer, module.path, error, named.get(name))
        for name, module in modules.items()
        if (error := _error_of(name, whole, named, errors))
    }
    metrics = library.without(_unusable(library, wrong_metrics, whole))
    problems = (*library.problems, *errors.values(), *wrong_metrics.values())
    once = {error.message: error for error in problems}
    return WholeTables(Warehouse(whole, metrics, broken), tuple(once.values()))


def _without(named: Mapping[str, Table], broken: Mapping[str, LoadError]) -> dict[str, Table]:
    """The tables of which neither they nor anything they are made of is broken or missing."""
    left = {name: table for name, table in named.items() if name not in broken}
    while gone := [name for name, table in left.items() if not table.reads.keys() <= left.keys()]:
        for name in gone:
            del left[name]
    return left


def _error_of(
    name: str,
    whole: Mapping[str, Table],
    named: Mapping[str, Table],
    errors: Mapping[str, LoadError],
) -> LoadError | None:
    """Why the table cannot run: its own mistake, or the one of a table it is made of."""
    if name in whole:
        return None
    if name in errors:
        return errors[name]
    table = named[name]
    seen: set[str] = set()
    waiting = list(table.reads)
    while waiting:
        reads = waiting.pop(0)
        if reads in errors:
            cause = errors[reads]
            return LoadError(f"{name} is made of {reads}, which does not load: {cause.message}",
                             cause.next_step)  # fmt: skip
        if reads not in seen and reads in named:
            seen.add(reads)
            waiting += named[reads].reads
    raise AssertionError(f"{name} is broken without a reason")


def _unusable(
    library: MetricLibrary, wrong: Mapping[str, LoadError], whole: Mapping[str, Table]
) -> dict[str, LoadError]:
    """Why metrics cannot be used: they are wrong, or over a table or of a metric that is broken."""
    found = dict(wrong)
    for metric in library:
        if isinstance(metric, Metric) and metric.over not in whole:
            found.setdefault(metric.name, LoadError(
                f"the metric {metric.name} is over {metric.over}, which does not load",
                "`ledgerlake check` says why."))  # fmt: skip
    for metric in library:
        if isinstance(metric, RatioMetric):
            for part in (metric.part, metric.whole):
                if part in found:
                    found.setdefault(metric.name, found[part])
    return found
