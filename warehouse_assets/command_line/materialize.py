"""ledgerlake materialize: run tables, for a day, a range of days, or only what is stale."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import SettingsError
from resources.lake.model.window import Window
from warehouse_assets.command_line.completion import selections
from warehouse_assets.command_line.inspection.tables import show_reasons
from warehouse_assets.command_line.options import AsJson, First, Last, Partition, asked_window
from warehouse_assets.command_line.output.console import diverted_output, output, show_error
from warehouse_assets.command_line.output.formatting import counted
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.orchestration.run_state import RunState, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse
    from warehouse_assets.modeling.execution.stale_partitions import Step

Selection = Annotated[
    list[str],
    typer.Argument(
        metavar="SELECTION",
        help="A table, `+table` with all it is made of, `table+` with all made of "
        "it, `layer:fact`, or `all`.",
        autocompletion=selections,
    ),
]
Stale = Annotated[
    bool, typer.Option("--stale", help="Only what is not up to date among the tables and days.")
]


def materialize(
    selection: Selection,
    partition: Partition = None,
    first: First = None,
    last: Last = None,
    stale: Stale = False,
    as_json: AsJson = False,
) -> None:
    """Run tables for one day or a range of days: the same code as the UI's Materialize button.

    The days of a range are published together, in one commit a table. Each table is written,
    audited, and then published whole or not at all; a failed one leaves what was there. A table
    whose module does not load is left out with all that is made of it; the exit code is then 1.

    **Examples**

    `ledgerlake materialize +ads_finance_daily --partition 2026-11-19`

    `ledgerlake materialize layer:fact --from 2026-11-13 --to 2026-11-19 --stale`
    """
    from resources.settings import load_settings
    from warehouse_assets.command_line.selection import broken_tables, selected_tables
    from warehouse_assets.modeling.loading.outline_cache import keep_outlines
    from warehouse_assets.modeling.loading.whole_tables import load_whole_tables

    settings = load_settings()
    window = asked_window(settings, partition, first, last)
    warehouse = load_whole_tables()
    keep_outlines(warehouse)
    tables = selected_tables(warehouse, selection)
    broken = broken_tables(warehouse, selection)
    if broken and not tables:
        raise warehouse.broken[broken[0]].error
    _check_window(tables, window, settings)
    runs: list[RunState] = []

    def run() -> None:
        if stale:
            failed = run_stale(tables, window, warehouse, settings, runs)
        else:
            failed = _run([table.name for table in tables], window, settings, runs)
        if broken:
            show_error(
                f"left out, because they do not load: {', '.join(broken)}",
                "`ledgerlake check` says why.",
            )
        if failed or broken:
            raise typer.Exit(1)

    if not as_json:
        run()
        return
    try:
        with diverted_output():
            run()
    finally:
        print_json([state.as_document() for state in runs])


def run_stale(
    tables: Sequence[Table],
    window: Window | None,
    warehouse: Warehouse,
    settings: Settings,
    runs: list[RunState],
) -> set[str]:
    """Run what is not up to date, partition by partition, and nothing else.

    What a step changed decides the next one. A table that fails is left out with all that reads
    it; the others go on. Each run is added to `runs`.

    Returns:
        The tables that were not published.

    Raises:
        typer.Exit: With code 130 if it was interrupted.
    """
    from warehouse_assets.modeling.execution.stale_partitions import next_step, without

    left = list(tables)
    failed: set[str] = set()
    done: set[Step] = set()
    reasons = _stale(left, window, warehouse, settings)
    if not reasons:
        days = f", {window}" if window else ""
        output().print(
            f"[green]✓[/] Everything is up to date: {counted(len(tables), 'table')}{days}."
        )
        return failed
    show_reasons(reasons)
    while (step := next_step(left, reasons)) and step not in done:
        done.add(step)
        failed |= _run(step.tables, step.window, settings, runs)
        left = without(left, failed)
        reasons = _stale(left, window, warehouse, settings)
    return failed


def _run(
    names: Sequence[str], window: Window | None, settings: Settings, runs: list[RunState]
) -> set[str]:
    """One run with its progress and summary; the tables that it did not publish."""
    from warehouse_assets.command_line.run_display import ProgressDisplay, show_summary
    from warehouse_assets.orchestration.in_process_run import materialize as run

    display = ProgressDisplay(names, window)
    run(names, window, settings, state := display.run, display)
    runs.append(state)
    if show_summary(state):
        return set()
    if state.stopped:
        raise typer.Exit(130)
    return {table.name for table in state.tables.values() if table.state is not State.DONE}


def _stale(
    tables: Sequence[Table], window: Window | None, warehouse: Warehouse, settings: Settings
) -> dict[str, dict[date | None, str]]:
    from resources.lake.lake import Lake
    from warehouse_assets.modeling.execution.stale_partitions import stale_partitions
    from warehouse_assets.modeling.execution.staleness import Staleness

    with output().status("Looking for what is not up to date"):
        return stale_partitions(tables, window, Staleness(warehouse, Lake(settings), settings))


def _check_window(tables: Sequence[Table], window: Window | None, settings: Settings) -> None:
    partitioned = [table.name for table in tables if table.partition_column]
    if partitioned and window is None:
        raise SettingsError(
            f"{partitioned[0]} has a partition for each business date, and none was asked for",
            f"Add --partition {settings.last_complete_date()}, or --from and --to.",
        )
    if window and not partitioned:
        raise SettingsError(
            f"{tables[0].name} is replaced whole: it has no partitions",
            "Leave out --partition, --from and --to.",
        )
