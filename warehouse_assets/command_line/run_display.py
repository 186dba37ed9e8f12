"""A run on the screen: the progress of its tables, then a summary with the next steps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from resources.lake.model.window import Window
from warehouse_assets.command_line.output.console import output, show_error
from warehouse_assets.command_line.output.formatting import counted, duration, number, size
from warehouse_assets.command_line.output.listing import Listing
from warehouse_assets.orchestration.run_state import CheckState, RunState, State, TableState

_SIGNS = {
    State.WAITING: ("·", "dim"),
    State.DONE: ("✓", "green"),
    State.FAILED: ("✗", "bold red"),
    State.SKIPPED: ("-", "yellow"),
    State.STOPPED: ("-", "yellow"),
}
_LINES_AROUND = 4
_PARSED = "rows_parsed"
_ERRORS_SHOWN = 5


class ProgressDisplay:
    """Shows a run while it goes on. Without a terminal: one line for each table that is over."""

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
            self._console.print(Text.assemble(_sign(table), f" {table.name}  {_doing(table)}"))

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
            first = self._spinner if table.state is State.RUNNING else Text(*_sign(table))
            style = "dim" if table.state is State.WAITING else ""
            body.add_row(first, Text(table.name, style), Text(_doing(table), style))
        return Group(head, body)

    def _in_sight(self, tables: list[TableState]) -> list[TableState]:
        """The tables that fit on the screen: those around what is being done."""
        fit = max(3, self._console.height - _LINES_AROUND)
        current = next((n for n, table in enumerate(tables) if not table.over), len(tables))
        first = max(0, min(current - fit // 2, len(tables) - fit))
        return tables[first : first + fit]


def _sign(table: TableState) -> tuple[str, str]:
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


def show_summary(run: RunState) -> bool:
    """Print the summary; whether everything was published."""
    console = output()
    _tables(run).print()
    _show_checks(console, run)
    _show_failures(run.of(State.FAILED))
    if run.trouble:
        show_error(run.trouble)
    _show_rest(console, run)
    return not run.trouble and not run.of(State.FAILED, State.SKIPPED, State.STOPPED)


def _tables(run: RunState) -> Listing:
    shown = Listing(
        ["", "table", "partitions", "rows", "size", "time", "checks"],
        right=["partitions", "rows", "size", "time"],
    )
    tables = list(run.tables.values())
    for table in tables:
        shown.add(Text(*_sign(table)), table.name, *_figures(table), _checks(table))
    done = run.of(State.DONE)
    if len(tables) > 1:
        shown.end_section()
        total = (
            counted(len(done), "table"),
            number(sum(table.partitions for table in done)),
            number(sum(table.rows for table in done)),
            size(sum(table.bytes for table in done)),
            duration(sum(table.seconds(table.ended) for table in tables)),
        )
        shown.add("", *(Text(text, style="bold") for text in total), "")
    return shown


def _figures(table: TableState) -> tuple[str, str, str, str]:
    if table.state is not State.DONE:
        return "", "", "", duration(table.seconds(table.ended)) if table.started else ""
    return (
        number(table.partitions),
        number(table.rows),
        size(table.bytes),
        duration(table.seconds(table.ended)),
    )


def _checks(table: TableState) -> Text:
    failed = table.failed_checks
    blocking = sum(check.blocking for check in failed)
    refused = table.checks.get(_PARSED)
    if table.state is State.FAILED and not blocking and refused is not None and refused.broken:
        of = f"{number(refused.broken)} of {counted(refused.rows or 0, 'row')} refused"
        return Text(f"failed: {of}", style="bold red")
    if not failed:
        passed = Text(f"{len(table.checks)} passed", style="dim")
        return passed if table.state is State.DONE else Text(str(table.state), style="yellow")
    text = Text()
    if blocking:
        text.append(f"{blocking} failed", style="bold red")
    if len(failed) > blocking:
        text.append(", " if blocking else "")
        text.append(counted(len(failed) - blocking, "warning"), style="yellow")
    return text


def _show_checks(console: Console, run: RunState) -> None:
    """Print one line for each failed check; tables with the same problem share one."""
    lines: dict[tuple[bool, str], list[str]] = {}
    for table in run.tables.values():
        for check in table.failed_checks:
            lines.setdefault((check.blocking, _problem(check)), []).append(table.name)
    for (blocking, problem), names in lines.items():
        kind = ("failed  ", "red") if blocking else ("warning ", "yellow")
        console.print(Text.assemble(kind, f"{', '.join(names)}: {problem}"))
    for table in run.tables.values():
        for warning in table.warnings:
            console.print(Text.assemble(("warning ", "yellow"), warning))


def _problem(check: CheckState) -> str:
    if check.broken is None or check.rows is None:
        return check.name
    return f"{check.name}, {number(check.broken)} of {counted(check.rows, 'row')}"


def _show_failures(failed: Sequence[TableState]) -> None:
    """Print one panel for each failed table; tables with the same next step share one."""
    together: dict[str, list[TableState]] = {}
    for table in failed:
        together.setdefault(table.next_step or table.name, []).append(table)
    for tables in together.values():
        first = tables[0]
        if len(tables) == 1:
            show_error(first.error, first.next_step, title=f"{first.name} failed")
            continue
        lines = [f"{table.name}: {table.error.splitlines()[0]}" for table in tables[:_ERRORS_SHOWN]]
        if rest := tables[_ERRORS_SHOWN:]:
            lines.append(f"and {', '.join(table.name for table in rest)}")
        show_error("\n".join(lines), first.next_step, title=f"{len(tables)} tables failed")


def _show_rest(console: Console, run: RunState) -> None:
    met: dict[str, list[str]] = {}
    for table in run.tables.values():
        if table.met:
            met.setdefault(table.met, []).append(table.name)
    for by, names in met.items():
        text = f"Published meanwhile by run {by}, same rows: {', '.join(names)}."
        console.print(Text(text, style="dim"))
    skipped = ", ".join(table.name for table in run.of(State.SKIPPED))
    if skipped:
        console.print(Text(f"Not run, because an input failed: {skipped}.", style="yellow"))
    if run.stopped:
        done = counted(len(run.of(State.DONE)), "table")
        console.print(
            Text(f"Stopped. {done} published; the others are as they were before.", style="yellow")
        )
    elif run.of(State.FAILED):
        console.print("What was published before stays as it was.")
