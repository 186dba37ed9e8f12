"""What every command has: help that names no Python types, and errors as panels."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import typer
from rich.markup import escape
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from resources.errors import LedgerlakeError
from warehouse_assets.command_line.output.console import discard_output, errors, show_error

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_DEBUG = "LEDGERLAKE_DEBUG"


class _NoTypes:
    def format_help(self: Any, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        for param in self.get_params(ctx):
            if isinstance(param, (TyperArgument, TyperOption)):
                setattr(param, "display_type_rich", functools.partial(_words, param))  # noqa: B010
        super().format_help(ctx, formatter)  # pyright: ignore[reportAttributeAccessIssue]


class HelpCommand(_NoTypes, TyperCommand):
    """A command whose help names no types."""


class HelpGroup(_NoTypes, TyperGroup):
    """A group of commands whose help names no types."""


def _words(param: TyperArgument | TyperOption, ctx: Any) -> str | None:
    """The text beside an option; none beside a flag, or an argument, which has a name."""
    if isinstance(param, TyperArgument) or param.is_flag:
        return None
    return param.metavar or param.display_type(ctx).strip("<>")


def add_commands(app: typer.Typer, panels: Mapping[str, Iterable[Callable[..., None]]]) -> None:
    """Give the app a command for each function, under the heading of its panel."""
    for panel, commands in panels.items():
        for command in commands:
            register = app.command(command.__name__, cls=HelpCommand, rich_help_panel=panel)
            register(with_panels(command))


def set_debug(wanted: bool) -> None:
    """Have errors shown with their traceback, in this process and those it starts."""
    if wanted:
        os.environ[_DEBUG] = "1"


def with_panels(command: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """The command, with the errors people can act on shown as a panel, and exit code 1."""

    @functools.wraps(command)
    def run(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
        try:
            result = command(*arguments, **options)
            sys.stdout.flush()
        except BrokenPipeError:
            discard_output(1)
            raise typer.Exit(0) from None
        except LedgerlakeError as error:
            if os.environ.get(_DEBUG):
                raise
            show_error(error.message, error.next_step)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            errors().print("\n[yellow]Stopped.[/] Every table is whole, as it was published.")
            raise typer.Exit(130) from error
        return result

    return run


def own_command(arguments: str, program: str = "ledgerlake") -> str:
    """A program of this environment with arguments, as it can be typed in the same shell."""
    beside = Path(sys.prefix) / "bin" / program
    if shutil.which(program) is None and beside.exists():
        program = os.path.relpath(beside)
    return f"{program} {arguments}"


def command_text(command: str) -> str:
    """A command as it is printed for people to copy."""
    return f"[bold cyan]{escape(command)}[/]"
