"""Peak memory of a process that publishes, at 5, 20 and 60 million rows; each its own process.

Sorting takes what memory the engine is given before it spills: 3 million of these rows fill it.
From there on more rows must not take more; of fewer rows only the peak is bounded.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import (
    CHECKS,
    ORDER_LINES,
    ROOT,
    ROWS,
    Line,
    bench_settings,
    days_window,
    line,
    main,
    own_peak_mib,
    remove,
    scratch_folder,
    write_order_lines,
)

BAR_MIB = 800.0
RANGE_BAR_MIB = 1024.0
# Two runs on the same rows differ by up to a tenth.
FLAT_BAR = 1.15
SORT_FILLS_MEMORY = 3_000_000

KEYED = replace(ORDER_LINES, rules=CHECKS, key=("order_no", "order_line_id"))
SPECS = {"unsorted": KEYED, "sorted": replace(KEYED, sort_by=("user_id",))}


def run(rows: int = ROWS) -> list[Line]:
    """MiB of each, and how much more three times the rows take."""
    lines: list[Line] = []
    peaks: dict[tuple[str, int], float] = {}
    with scratch_folder() as folder:
        source = folder / "source.parquet"
        for count in (rows // 4, rows, rows * 3):
            write_order_lines(source, count)
            for kind in SPECS:
                peak = peaks[kind, count] = _peak_of_child(folder, source, kind, 1)
                name = f"peak memory, {count:,} rows, 12 checks, unique key, {kind}, MiB"
                lines.append(line(name, peak, BAR_MIB))
        for kind in SPECS:
            growth = peaks[kind, rows * 3] / peaks[kind, rows]
            fills = kind == "unsorted" or rows >= SORT_FILLS_MEMORY
            name = f"  growth from {rows:,} to {rows * 3:,} rows, {kind}"
            lines.append(line(name, growth, FLAT_BAR if fills else None))
        write_order_lines(source, rows, days=30)
        peak = _peak_of_child(folder, source, "unsorted", 30)
        lines.append(line(f"peak memory, 30 partitions of {rows:,} rows, MiB", peak, RANGE_BAR_MIB))
    return lines


def _peak_of_child(folder: Path, source: Path, kind: str, days: int) -> float:
    home = folder / "home"
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "benchmarks.lake.memory"),
            *("publish", str(home), str(source), kind, str(days)),
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    remove(home)
    return float(json.loads(done.stdout)["peak_mib"])


def publish(home: Path, source: Path, kind: str, days: int) -> None:
    """Publish the source's rows, then print the peak memory of this process as JSON."""
    from resources.duckdb.engine import duckdb_session
    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import PublishContext

    settings = bench_settings(home)
    columns = ", ".join(column.name for column in ORDER_LINES.columns)
    with duckdb_session(settings) as connection:
        Lake(settings).publish(
            SPECS[kind],
            days_window(days),
            f"SELECT {columns} FROM read_parquet('{source}')",
            connection,
            PublishContext(run_id="bench", code_version="1"),
        )
    sys.stdout.write(json.dumps({"peak_mib": own_peak_mib()}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["publish"]:
        publish(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
    else:
        main(run)
