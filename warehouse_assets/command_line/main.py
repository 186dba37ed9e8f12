"""The ledgerlake command, put together from the modules of its subcommands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from warehouse_assets.command_line.administration.closing import close, reopen
from warehouse_assets.command_line.administration.lake import drop, maintain, relocate
from warehouse_assets.command_line.administration.starrocks import starrocks
from warehouse_assets.command_line.administration.ui import ui
from warehouse_assets.command_line.command import HelpGroup, add_commands, set_debug
from warehouse_assets.command_line.development.check import check
from warehouse_assets.command_line.development.docs import docs
from warehouse_assets.command_line.development.new import new
from warehouse_assets.command_line.inspection.show import show
from warehouse_assets.command_line.inspection.status import status
from warehouse_assets.command_line.inspection.tables import tables
from warehouse_assets.command_line.inspection.trace import trace
from warehouse_assets.command_line.materialize import materialize
from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.queries.metrics import metric, metrics
from warehouse_assets.command_line.queries.order import order
from warehouse_assets.command_line.queries.sql import sql
from warehouse_assets.command_line.reconciliation.reconcile import reconcile
from warehouse_assets.command_line.sample_shop import shop_module

_PANELS: Mapping[str, tuple[Callable[..., None], ...]] = {
    "Look": (status, tables, show, sql, metrics, metric, trace, order, ui),
    "Run": (materialize, close, reopen, maintain, relocate, drop),
    "Build": (new, check, docs),
}

app = typer.Typer(
    cls=HelpGroup,
    name="ledgerlake",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            output().print(f"ledgerlake {version('ledgerlake')}")
        except PackageNotFoundError:
            output().print("ledgerlake, from a checkout")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show errors with their traceback.")
    ] = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """An e-commerce finance lakehouse in code.

    The lake is in LEDGERLAKE_HOME (default: .ledgerlake in this folder). Begin with
    `ledgerlake demo`.
    """
    del show_version
    set_debug(debug)


if _shop := shop_module("commands"):
    add_commands(app, _shop.PANELS)
add_commands(app, _PANELS)
app.add_typer(reconcile, rich_help_panel="Look")
app.add_typer(starrocks, rich_help_panel="Run")
