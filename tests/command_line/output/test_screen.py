"""What fits on a screen: the progress of many tables, rows of many columns, help at once."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from tests.command_line.conftest import invoke
from tests.loaded_modules import loaded_modules
from warehouse_assets.command_line import run_display
from warehouse_assets.command_line.main import app
from warehouse_assets.command_line.queries import rows_table
from warehouse_assets.command_line.queries.rows import Rows
from warehouse_assets.command_line.queries.rows_table import print_rows
from warehouse_assets.command_line.run_display import ProgressDisplay
from warehouse_assets.orchestration.run_state import State

UTC_ZONE = ZoneInfo("UTC")


def terminal(width: int, height: int = 12) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, height=height)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_progress_of_many_tables_keeps_the_running_one_in_sight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    console = terminal(80)
    monkeypatch.setattr(run_display, "output", lambda: console)
    names = [f"dwd_table_{number}" for number in range(100)]
    display = ProgressDisplay(names, None)
    for number, table in enumerate(display.run.tables.values()):
        table.state = State.DONE if number < 70 else State.WAITING
    running = display.run.tables["dwd_table_70"]
    running.state, running.phase = State.RUNNING, "auditing"
    console.print(display._render())  # pyright: ignore[reportPrivateUsage]
    assert "70/100" in printed(console)
    assert "dwd_table_70" in printed(console)
    assert "auditing" in printed(console)
    assert printed(console).count("\n") <= console.height


def wide_rows(columns: int) -> Rows:
    names = [f"amount_{number}" for number in range(columns)]
    values = [tuple(Decimal(f"{row}{number}.25") for number in range(columns)) for row in (1, 2)]
    return Rows(names, ["DECIMAL(18,2)"] * columns, values)


@pytest.mark.parametrize(("columns", "width"), [(3, 80), (30, 80), (30, 40), (200, 60)])
def test_no_value_is_cut_however_wide_the_rows(
    monkeypatch: pytest.MonkeyPatch, columns: int, width: int
) -> None:
    console = terminal(width)
    monkeypatch.setattr(rows_table, "output", lambda: console)
    rows = wide_rows(columns)
    print_rows(rows, UTC_ZONE, "title")
    for row in rows.values:
        for value in row:
            assert f" {value:,} " in printed(console)
    assert "…" not in printed(console)


def test_every_command_has_help() -> None:
    commands = [
        command.callback.__name__ for command in app.registered_commands if command.callback
    ]
    shown = invoke("--help").output
    assert len(commands) >= 10
    for command in commands:
        assert f" {command} " in shown
        result = invoke(command, "--help")
        assert result.exit_code == 0
        assert "Usage:" in result.output


def test_help_loads_nothing_heavy(project_root: Path) -> None:
    heavy = {"dagster", "pyiceberg", "pandera", "ibis", "duckdb", "pyarrow", "sqlglot", "pydantic"}
    assert loaded_modules("import warehouse_assets.command_line.main", heavy, project_root) == []
