"""Where commands write: tables and progress to the output, errors to the error stream."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.markup import escape
from rich.panel import Panel
from rich.segment import Segment
from rich.text import Text

from resources.errors import LedgerlakeError
from warehouse_assets.command_line.output.encoding import writable
from warehouse_assets.command_line.output.formatting import visible

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_PIPE_WIDTH = 200
_PANEL_WIDTH = 100
_DEBUG = "LEDGERLAKE_DEBUG"


def output(width: int | None = None) -> Console:
    """The console for results. In a pipe or a file it is wide, so that tables are not cut."""
    if _Diverted.wanted:
        return errors()
    width = width or _width(sys.stdout.isatty())
    return _guarded(_Console(highlight=False, width=width, file=writable(sys.stdout)))


def errors() -> Console:
    """The console for errors and for progress that is no result."""
    width = _width(sys.stderr.isatty())
    return _guarded(_Console(stderr=True, highlight=False, width=width, file=writable(sys.stderr)))


class _Diverted:
    wanted = False


@contextmanager
def diverted_output() -> Generator[None]:
    """What is printed for people goes to the error stream: the output is for one document."""
    _Diverted.wanted = True
    try:
        yield
    finally:
        _Diverted.wanted = False


class _Console(Console):
    """A console whose reader may go away: `ledgerlake ... | head` is no failure."""

    def on_broken_pipe(self) -> None:
        """Go on, and write to nobody: what runs is not to be stopped by who looks on."""
        write_to_nobody(2 if self.stderr else 1)


class _Escaped(RenderHook):
    """Data may hold what a terminal obeys: nothing that is printed reaches it as such."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_EscapedRenderable(each) for each in renderables]


class _EscapedRenderable:
    def __init__(self, inner: ConsoleRenderable) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._inner, options):
            yield (
                segment
                if segment.control
                else Segment(visible(segment.text, keep="\n"), segment.style)
            )


def _guarded(console: Console) -> Console:
    console.push_render_hook(_Escaped())
    return console


def write_to_nobody(descriptor: int) -> None:
    """Let what is still written to the output or the error stream vanish."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nobody, descriptor)
    os.close(nobody)


def _width(is_terminal: bool) -> int | None:
    return None if is_terminal or "COLUMNS" in os.environ else _PIPE_WIDTH


def set_debug(wanted: bool) -> None:
    """Have errors shown with their traceback, in this process and those it starts."""
    if wanted:
        os.environ[_DEBUG] = "1"


def note(text: str) -> None:
    """A line beside the result."""
    output().print(Text(visible(text, keep="\n"), style="dim"))


def show_error(message: str, next_step: str | None = None, title: str = "Error") -> None:
    """A short panel: what happened, and what to do about it."""
    body = Text(visible(message, keep="\n"))
    if next_step:
        body.append("\n\nNext step: ", style="bold")
        body.append(visible(next_step, keep="\n"))
    console = errors()
    panel = Panel(body, title=title, title_align="left", border_style="red", expand=False)
    console.print(panel, width=min(console.width, _PANEL_WIDTH))


def with_panels(
    command: Callable[_Arguments, _Result],
) -> Callable[_Arguments, _Result]:
    """The command, with the errors people can act on shown as a panel, and exit code 1."""

    @functools.wraps(command)
    def run(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
        try:
            result = command(*arguments, **options)
            sys.stdout.flush()
        except BrokenPipeError:
            write_to_nobody(1)
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
    """A program of this environment with arguments, as it can be typed where this one was."""
    beside = Path(sys.prefix) / "bin" / program
    if shutil.which(program) is None and beside.exists():
        program = os.path.relpath(beside)
    return f"{program} {arguments}"


def command_text(command: str) -> str:
    """A command as it is printed for people to copy."""
    return f"[bold cyan]{escape(command)}[/]"
