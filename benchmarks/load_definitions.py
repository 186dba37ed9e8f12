"""Loading every table as Dagster does when a code location starts, beyond importing Dagster."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Line, line, main, scratch_folder

ROOT = Path(__file__).parent.parent
BAR_SECONDS_FOR_100 = 2.0

_CHILD = """
import time
import dagster
begun = time.process_time()
from resources.settings import load_settings
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
warehouse = load_warehouse()
table_assets(warehouse, load_settings())
print(len(warehouse.tables), time.process_time() - begun)
"""


def run(runs: int = 5) -> list[Line]:
    """CPU seconds to find, check and turn into assets all tables, in a process of its own.

    The first process checks them; those after it know that they fit, as the processes do that
    Dagster starts for runs.
    """
    with scratch_folder() as cache:
        checked = _measure(cache)[1]
        measured = [_measure(cache) for _ in range(runs)]
    tables = measured[0][0]
    seconds = statistics.median(each for _, each in measured)
    bar = BAR_SECONDS_FOR_100 * tables / 100
    what = f"load {tables} tables, CPU seconds beyond Dagster's import"
    return [line(f"{what}, as they are", seconds, bar), line(f"{what}, the first time", checked)]


def _measure(cache: Path) -> tuple[int, float]:
    # A fixed command of ours: this interpreter, our own text.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _CHILD],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "XDG_CACHE_HOME": str(cache)},
    )
    tables, seconds = done.stdout.split()
    return int(tables), float(seconds)


if __name__ == "__main__":
    main(run)
