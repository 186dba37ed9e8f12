"""Where commands write: tables and progress to the output, errors to the error stream."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.panel import Panel
from rich.segment import Segment
from rich.text import Text

from warehouse_assets.command_line.output.formatting import visible

_PIPE_WIDTH = 200
_PANEL_WIDTH = 100
# For a terminal that knows few characters.
_IN_ASCII = {"✓": "+", "✗": "x", "·": ".", "…": "...", "•": "*", "–": "-", "→": "->"}


def output(width: int | None = None) -> Console:
    """The console for results. In a pipe or a file it is wide, so that tables are not cut."""
    if _Diverted.wanted:
        return errors()
    width = width or _width(sys.stdout.isatty())
    return _guarded(_Console(highlight=False, width=width, file=_writable(sys.stdout)))


def errors() -> Console:
    """The console for errors, and for progress of a command whose output is a document."""
    width = _width(sys.stderr.isatty())
    return _guarded(_Console(stderr=True, highlight=False, width=width, file=_writable(sys.stderr)))


class _Diverted:
    wanted = False


@contextmanager
def diverted_output() -> Generator[None]:
    """Send what is printed for people to the error stream: the output is one document."""
    _Diverted.wanted = True
    try:
        yield
    finally:
        _Diverted.wanted = False


class _Console(Console):
    """A console whose reader may close the pipe: `ledgerlake ... | head` does not fail."""

    def on_broken_pipe(self) -> None:
        """Go on and discard the output: a run does not stop because its reader left."""
        discard_output(2 if self.stderr else 1)


class _Escaped(RenderHook):
    """Writes out control characters, which data may contain and a terminal would obey."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_EscapedRenderable(each) for each in renderables]


class _EscapedRenderable:
    def __init__(self, inner: ConsoleRenderable) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._inner, options):
            if not segment.control:
                segment = Segment(visible(segment.text, keep="\n"), segment.style)
            yield segment


def _guarded(console: Console) -> Console:
    console.push_render_hook(_Escaped())
    return console


def discard_output(descriptor: int) -> None:
    """Discard whatever is still written to the output or the error stream."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _width(is_terminal: bool) -> int | None:
    return None if is_terminal or "COLUMNS" in os.environ else _PIPE_WIDTH


def note(text: str) -> None:
    """Print a line beside the result."""
    output().print(Text(visible(text, keep="\n"), style="dim"))


def show_error(message: str, next_step: str | None = None, title: str = "Error") -> None:
    """Print a short panel: what happened, and what to do about it."""
    body = Text(visible(message, keep="\n"))
    if next_step:
        body.append("\n\nNext step: ", style="bold")
        body.append(visible(next_step, keep="\n"))
    console = errors()
    panel = Panel(body, title=title, title_align="left", border_style="red", expand=False)
    console.print(panel, width=min(console.width, _PANEL_WIDTH))


def _writable(stream: TextIO) -> TextIO | None:
    """The stream for text of people; None if it can encode any text.

    For tables and messages only: rows that a program reads must not be changed silently.
    """
    encoding = (stream.encoding or "utf-8").lower().replace("_", "-")
    return None if encoding.startswith("utf") else cast(TextIO, _Replacing(stream))


class _Replacing:
    """A stream that replaces characters it cannot encode: signs by ASCII, letters by escapes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        encoding = self._stream.encoding
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            known = "".join(_in(encoding, character) for character in text)
            text = known.encode(encoding, "backslashreplace").decode(encoding)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _in(encoding: str, character: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return _IN_ASCII.get(character, character)
    return character
