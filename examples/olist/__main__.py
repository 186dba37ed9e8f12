"""python -m examples.olist FOLDER: the warehouse on the public Olist CSVs."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from warehouse_assets.command_line.command import command_text, own_command, with_panels
from warehouse_assets.command_line.options import First, Last, asked_range
from warehouse_assets.command_line.output.console import output

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from rich.console import Console

    from examples.olist.run import Listeners, OlistRun

Folder = Annotated[Path, typer.Argument(help="Holds the CSVs under their public names.")]
Reference = Annotated[
    Path | None, typer.Option(help="Where files are looked for that are not in FOLDER.")
]
Home = Annotated[
    Path | None, typer.Option(help="Home of the lake. Default: olist in LEDGERLAKE_HOME.")
]
Dagster = Annotated[
    bool, typer.Option("--dagster", help="Run Dagster's assets, for its UI. Best for a month.")
]

Reconcile = Annotated[
    bool,
    typer.Option("--reconcile", help="Reconcile orders and payments, too. About a second a day."),
]


@with_panels
def olist(
    folder: Folder,
    reference: Reference = None,
    home: Home = None,
    first: First = None,
    last: Last = None,
    dagster: Dagster = False,
    reconcile: Reconcile = False,
) -> None:
    """Run the warehouse's tables, unchanged, on the public Olist CSVs, and show what differs."""
    from examples.olist.report import (
        print_differences,
        print_finance,
        print_mapping,
        print_reconciled,
    )
    from examples.olist.run import run_olist
    from resources.settings import load_settings

    home = (home or load_settings().home / "olist").expanduser().absolute()
    console = output()
    with ExitStack() as stack:
        listeners = _listeners(console, stack, reconcile)
        instance = stack.enter_context(_instance(home)) if dagster else None
        ran = run_olist(
            folder,
            home,
            reference,
            asked_range(None, first, last, one_day=""),
            instance,
            listeners,
            reconcile=reconcile,
        )
    print_mapping(console, ran.mapping)
    print_finance(console, ran.finance)
    print_differences(console, ran.differences)
    if ran.reconciled:
        print_reconciled(console, ran.reconciled)
    _print_next_steps(console, ran)


def _instance(home: Path) -> AbstractContextManager[DagsterInstance]:
    from examples.olist.lake_home import mapping_settings
    from warehouse_assets.orchestration.instance.instance import open_instance

    # The instance of this lake, not of the one whose home the environment names.
    os.environ["DAGSTER_HOME"] = str(home / "dagster")
    return open_instance(mapping_settings(home))


def _listeners(console: Console, stack: ExitStack, reconcile: bool) -> Listeners:
    from examples.olist.lake_home import olist_warehouse
    from examples.olist.run import Listeners
    from warehouse_assets.orchestration.run_state import RunState, TableState

    status = stack.enter_context(console.status("Starting"))

    def table(name: str, rows: int | None) -> None:
        done = "up to date" if rows is None else f"{rows:,} rows"
        console.print(f"[green]✓[/] {name}  {done}")

    def table_over(over: TableState) -> None:
        if over.error:
            console.print(f"[red]✗[/] {over.name}  {over.error}")
        else:
            table(over.name, over.rows)

    run = RunState(list(olist_warehouse(reconciled=reconcile).tables), on_over=table_over)
    return Listeners(step=status.update, table=table, event=run.listen)


def _print_next_steps(console: Console, ran: OlistRun) -> None:
    home = f"LEDGERLAKE_HOME={ran.settings.home}"
    for command in ("tables", f"show ads_finance_daily --partition {ran.window.last}"):
        console.print(f"Look at it: {command_text(f'{home} {own_command(command)}')}")


if __name__ == "__main__":
    typer.run(olist)
