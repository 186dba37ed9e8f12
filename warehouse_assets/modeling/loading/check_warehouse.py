"""All tables and metrics checked against each other: their SQL, their checks, their keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from warehouse_assets.modeling.declaration.metric_library import MetricLibrary, metric_library
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.change_log_checks import with_input_logs
from warehouse_assets.modeling.loading.find_tables import circle_error, find_tables, in_order
from warehouse_assets.modeling.loading.function_checks import check_functions
from warehouse_assets.modeling.loading.metric_checks import check_measures, metric_problems
from warehouse_assets.modeling.loading.table_checks import check_key, check_table, check_value_types
from warehouse_assets.modeling.sql.binding import Binder
from warehouse_assets.modeling.sql.statement import statement_of


def check_warehouse() -> Warehouse:
    """The warehouse of this project, checked whatever is known of it, as checked_warehouse()."""
    return checked_warehouse(find_tables(), metric_library())


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


def check_statements(table: Table, ordered: Mapping[str, Table], binder: Binder) -> None:
    """Raise LoadError where the table's SQL, checks or key do not fit the tables it reads."""
    statement = statement_of(table)
    if statement is not None:
        check_value_types(statement, ordered)
        check_measures(statement, ordered)
        binder.check_statement(table, statement)
    binder.check_conditions(table)
    check_key(table)
