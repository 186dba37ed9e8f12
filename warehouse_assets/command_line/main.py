"""The ledgerlake command: each subcommand is a module of its own, put together here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from warehouse_assets.command_line.administration.drop import drop
from warehouse_assets.command_line.administration.maintain import maintain
from warehouse_assets.command_line.administration.relocate import relocate
from warehouse_assets.command_line.administration.starrocks import starrocks
from warehouse_assets.command_line.administration.ui import ui
from warehouse_assets.command_line.development.check import check
from warehouse_assets.command_line.development.docs import docs
from warehouse_assets.command_line.development.new import new
from warehouse_assets.command_line.help_text import HelpCommand, HelpGroup
from warehouse_assets.command_line.inspection.show import show
from warehouse_assets.command_line.inspection.status import status
from warehouse_assets.command_line.inspection.tables import tables
from warehouse_assets.command_line.inspection.trace import trace
from warehouse_assets.command_line.output.console import output, set_debug, with_panels
from warehouse_assets.command_line.queries.metric import metric
from warehouse_assets.command_line.queries.metrics import metrics
from warehouse_assets.command_line.queries.order import order
from warehouse_assets.command_line.queries.sql import sql
from warehouse_assets.command_line.runs.demo import demo
from warehouse_assets.command_line.runs.fill import fill
from warehouse_assets.command_line.runs.materialize import materialize

_PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Look": (demo, status, tables, show, sql, metrics, metric, trace, order, ui),
    "Run": (materialize, fill, maintain, relocate, drop),
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


app.add_typer(starrocks, rich_help_panel="Run")
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        app.command(_command.__name__, cls=HelpCommand, rich_help_panel=_panel)(
            with_panels(_command)
        )
