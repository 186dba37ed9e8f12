"""ledgerlake check: whether everything loads and fits together, without touching data."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.text import Text

from warehouse_assets.command_line.options import AsJson
from warehouse_assets.command_line.output.console import errors, output, show_error
from warehouse_assets.command_line.output.formatting import counted, duration
from warehouse_assets.command_line.output.json_output import print_json

if TYPE_CHECKING:
    from warehouse_assets.modeling.load_errors import LoadError


def check(as_json: AsJson = False) -> None:
    """Load every table and everything that runs unattended, and check it all against each other.

    Names, columns, types, inputs, SQL and its portability, lineage, Dagster's definitions. Of each
    module that does not fit: file, line, table and column, and exit code 1. No lake is needed.

    **Example**

    `ledgerlake check`
    """
    from warehouse_assets.modeling.layers import LAYERS
    from warehouse_assets.modeling.load_errors import LoadError
    from warehouse_assets.modeling.loading.check_warehouse import check_warehouse
    from warehouse_assets.modeling.sql.lineage import column_lineage

    began = time.perf_counter()
    with errors().status("Loading every table"):
        try:
            warehouse = check_warehouse()
        except LoadError as error:
            _end_with(_all_problems(error), as_json)
        traced = sum(
            bool(found)
            for table in warehouse.tables.values()
            for found in column_lineage(table, warehouse.tables).values()
        )
        # Dagster's import takes long: only once every table has loaded.
        from warehouse_assets.orchestration.code_location import checked_definitions

        jobs, schedules, sensors, checks = checked_definitions()
    tables = list(warehouse.tables.values())
    layers = ", ".join(
        f"{layer} {sum(table.layer == layer for table in tables)}" for layer in LAYERS
    )
    lines = (
        f"{counted(len(tables), 'table')} ({layers})",
        f"{counted(sum(len(table.columns) for table in tables), 'column')}, "
        f"{traced:,} traced to the columns they are made of",
        f"{counted(len(warehouse.metrics.metrics), 'metric')}",
        f"{counted(checks, 'check')}",
        f"{counted(jobs, 'job')}, {counted(schedules, 'schedule')}, {counted(sensors, 'sensor')}",
    )
    if as_json:
        print_json({"fits": True, "problems": [], "found": lines})
        return
    for line in lines:
        output().print(Text.assemble(("✓ ", "green"), line))
    output().print(Text(f"Everything fits, in {duration(time.perf_counter() - began)}.", "bold"))


def _all_problems(first: LoadError) -> list[LoadError]:
    """The errors of all modules, one each."""
    from warehouse_assets.modeling.load_errors import LoadError
    from warehouse_assets.modeling.loading.whole_tables import whole_tables

    try:
        found = whole_tables().problems
    except LoadError as error:
        found = (error,)
    return list(found or (first,))


def _end_with(problems: list[LoadError], as_json: bool) -> NoReturn:
    if as_json:
        listed = [{"message": each.message, "next_step": each.next_step} for each in problems]
        print_json({"fits": False, "problems": listed})
        raise typer.Exit(1)
    for each in problems:
        show_error(each.message, each.next_step)
    if len(problems) > 1:
        errors().print(f"{counted(len(problems), 'error')}.")
    raise typer.Exit(1)
