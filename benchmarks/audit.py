"""What an audit costs beside the staging, and whether bad rows make it dearer."""

from __future__ import annotations

import statistics
from dataclasses import replace
from functools import partial

from benchmarks.measure import (
    CHECKS,
    ORDER_LINES,
    ROWS,
    RUNS,
    Line,
    bench_settings,
    days_window,
    in_turn,
    line,
    main,
    remove,
    scratch_folder,
    timed,
    write_order_lines,
)
from resources.engines.duckdb_engine import duckdb_session
from resources.lake.audit import audit
from resources.lake.object_store import file_io
from resources.lake.staging import Staged, stage

CHECKED = replace(ORDER_LINES, rules=CHECKS)

# The same checks without the bounds that statistics can prove: each has to be scanned for.
SCANNED = replace(
    ORDER_LINES, rules=tuple(replace(rule, minimum=None, maximum=None) for rule in CHECKS)
)
DAY = days_window(1)
FIELD_IDS = {column.name: number for number, column in enumerate(ORDER_LINES.columns, start=1)}


def run(rows: int = ROWS) -> list[Line]:
    """The audit's share of the staging time; failing rows against passing rows."""
    with scratch_folder() as folder, duckdb_session(bench_settings(folder)) as connection:
        io = file_io(bench_settings(folder))
        good, bad = folder / "good", folder / "bad"
        write = partial(
            stage,
            connection,
            ORDER_LINES,
            window=DAY,
            folder=str(good),
            field_ids=FIELD_IDS,
            io=io,
        )
        good_query = write_order_lines(folder / "good.parquet", rows)
        runs: list[tuple[float, Staged]] = []
        for _ in range(RUNS):
            remove(good)
            runs.append(timed(partial(write, select_sql=good_query)))
        staged = runs[-1][1]
        bad_query = write_order_lines(folder / "bad.parquet", rows, broken=True)
        broken = write(select_sql=bad_query, folder=str(bad))
        check = partial(audit, connection, window=DAY)
        proven = [timed(partial(check, CHECKED, staged))[0] for _ in range(RUNS)]
        hashing = [
            timed(partial(check, CHECKED, staged, hashed=tuple(DAY)))[0] for _ in range(RUNS)
        ]
        compared = in_turn(partial(check, SCANNED, broken), partial(check, SCANNED, staged))
    staged_in = statistics.median(seconds for seconds, _ in runs)
    audited_in = statistics.median(proven)
    return [
        line(
            f"audit of {rows:,} rows, 12 checks, % of staging "
            f"({audited_in:.2f} s of {staged_in:.2f} s)",
            100 * audited_in / staged_in,
            20.0,
        ),
        line("  the same with every row hashed, %", 100 * statistics.median(hashing) / staged_in),
        line("  the same if statistics proved nothing, %", 100 * compared.bare_seconds / staged_in),
        line(
            f"failing on 90 % of rows in all 12 checks against passing, all scanned, ratio "
            f"({compared.seconds:.2f} s, {compared.bare_seconds:.2f} s)",
            compared.ratio,
            1.2,
        ),
    ]


if __name__ == "__main__":
    main(run)
