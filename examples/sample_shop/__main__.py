"""python -m examples.sample_shop fill: the shop's commands by themselves."""

from __future__ import annotations

import typer

from examples.sample_shop.commands import PANELS
from warehouse_assets.command_line.command import HelpGroup, add_commands

if __name__ == "__main__":
    app = typer.Typer(cls=HelpGroup, no_args_is_help=True, rich_markup_mode="markdown")
    add_commands(app, PANELS)
    app(prog_name="python -m examples.sample_shop")
