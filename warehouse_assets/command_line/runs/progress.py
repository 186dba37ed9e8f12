"""A run as it goes: every table with its phase, rows and seconds, redrawn in place."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.output.formatting import counted, duration
from warehouse_assets.orchestration.run_state import RunState, State, TableState

if TYPE_CHECKING:
    from resources.lake.model.window import Window

_SIGNS = {
    State.WAITING: ("·", "dim"),
    State.DONE: ("✓", "green"),
    State.FAILED: ("✗", "bold red"),
    State.SKIPPED: ("-", "yellow"),
    State.STOPPED: ("-", "yellow"),
}
_LINES_AROUND = 4


class ProgressDisplay:
    """Shows a run while it is entered. Without a terminal: one line for each table that ends."""

    def __init__(self, names: Sequence[str], window: Window | None) -> None:
        self.run = RunState(names, on_over=self._over)
        self._console = output()
        self._began = time.time()
        self._spinner = Spinner("dots", style="cyan")
        days = f", {window}" if window else ""
        self._title = f"Materializing {counted(len(names), 'table')}{days}"
        self._live = Live(
            get_renderable=self._render,
            console=self._console,
            transient=True,
            refresh_per_second=8,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> None:
        if self._console.is_terminal:
            self._live.start()
        else:
            self._console.print(self._title)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def _over(self, table: TableState) -> None:
        if not self._console.is_terminal:
            self._console.print(Text.assemble(sign(table), f" {table.name}  {_doing(table)}"))

    def _render(self) -> RenderableType:
        tables = list(self.run.tables.values())
        over = sum(table.over for table in tables)
        head = Table.grid(padding=(0, 2))
        head.add_row(
            Text(self._title, style="bold"),
            ProgressBar(total=len(tables), completed=over, width=30),
            f"{over}/{len(tables)}",
            Text(duration(time.time() - self._began), style="dim"),
        )
        body = Table.grid(padding=(0, 2))
        body.add_column(width=1)
        body.add_column()
        body.add_column()
        for table in self._in_sight(tables):
            first = self._spinner if table.state is State.RUNNING else Text(*sign(table))
            style = "dim" if table.state is State.WAITING else ""
            body.add_row(first, Text(table.name, style), Text(_doing(table), style))
        return Group(head, body)

    def _in_sight(self, tables: list[TableState]) -> list[TableState]:
        """The tables that fit on the screen: those around what is being done."""
        fit = max(3, self._console.height - _LINES_AROUND)
        current = next((n for n, table in enumerate(tables) if not table.over), len(tables))
        first = max(0, min(current - fit // 2, len(tables) - fit))
        return tables[first : first + fit]


def sign(table: TableState) -> tuple[str, str]:
    """A table's state as one character and its style."""
    if table.state is State.DONE and table.failed_checks:
        return "!", "yellow"
    return _SIGNS.get(table.state, ("·", "cyan"))


def _doing(table: TableState) -> str:
    seconds = duration(table.seconds(time.time()))
    if table.state is State.RUNNING:
        return f"{table.phase:<12} {seconds}"
    if table.state is State.DONE:
        rows, partitions = counted(table.rows, "row"), counted(table.partitions, "partition")
        met = f", published meanwhile by run {table.met}, same rows" if table.met else ""
        return f"{rows} in {partitions}, {seconds}{met}"
    return str(table.state)
