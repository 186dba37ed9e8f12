"""CPU seconds of commands that a person waits for, on the lake that `ledgerlake demo` makes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import ROOT, Line, cpu_of, line, scratch_folder

ORDERS = 1_000
DAYS = 7
RUNS = 5
BARS = {
    "sql": (("sql", "SELECT 1"), 1.0),
    "show": (("show", "ads_finance_daily"), 1.0),
    "tables": (("tables",), 1.5),
    "--help": (("--help",), 0.3),
}
# As the installed script does, which may not be on the path.
_LEDGERLAKE = "from warehouse_assets.command_line.main import app; app(prog_name='ledgerlake')"


def run() -> list[Line]:
    """The bars, on a lake of seven days with 1,000 orders each."""
    return on_demo(ORDERS, DAYS, RUNS)


def on_demo(orders: int, days: int, runs: int) -> list[Line]:
    """The median of some runs of each command: CPU seconds, user and system, with its start."""
    with scratch_folder() as folder:
        _call(folder, "demo", "--orders", str(orders), "--days", str(days))
        return [
            line(
                f"ledgerlake {name} on the demo lake, CPU seconds",
                statistics.median(
                    cpu_of(lambda words=words: _call(folder, *words))[0] for _ in range(runs)
                ),
                bar,
            )
            for name, (words, bar) in BARS.items()
        ]


def _call(home: Path, *words: str) -> None:
    kept = {name: v for name, v in os.environ.items() if not name.startswith("LEDGERLAKE_")}
    # Installed modules are compiled, wherever these lie.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    environment = kept | {
        "LEDGERLAKE_HOME": str(home / "home"),
        "DAGSTER_HOME": str(home / "home" / "dagster"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }
    command = [sys.executable, "-c", _LEDGERLAKE, *words]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
