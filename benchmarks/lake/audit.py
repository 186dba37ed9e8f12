"""What an audit costs beside the staging, and whether bad rows make it dearer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from benchmarks.measure import (
    CHECKS,
    ORDER_LINES,
    ROWS,
    Line,
    bench_settings,
    days_window,
    in_turn,
    line,
    main,
    remove,
    scratch_folder,
    write_order_lines,
)
from resources.duckdb.engine import duckdb_session
from resources.lake.audit.audit import audit
from resources.lake.storage.object_store import file_io
from resources.lake.write.staging import stage

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
        write = partial(stage, connection, ORDER_LINES, window=DAY, field_ids=FIELD_IDS, io=io)
        check = partial(audit, connection, window=DAY)
        good, bad = folder / "good", folder / "bad"
        query = write_order_lines(folder / "good.parquet", rows)
        staged = write(select_sql=query, folder=str(good))
        shares = {
            kind: in_turn(
                partial(check, CHECKED, staged, hashed=hashed),
                partial(write, select_sql=query, folder=str(folder / "again")),
                partial(remove, folder / "again"),
            )
            for kind, hashed in (("proven", ()), ("hashed", tuple(DAY)))
        }
        query = write_order_lines(folder / "bad.parquet", rows, broken=True)
        broken = write(select_sql=query, folder=str(bad))
        compared = in_turn(partial(check, SCANNED, broken), partial(check, SCANNED, staged))
    proven = shares["proven"]
    return [
        line(
            f"audit of {rows:,} rows, 12 checks, % of staging, CPU "
            f"({proven.seconds:.2f} s of {proven.bare_seconds:.2f} s)",
            100 * proven.cpu_ratio,
            20.0,
        ),
        line("  the same in wall seconds, %", 100 * proven.ratio),
        line("  the same with every row hashed, %, CPU", 100 * shares["hashed"].cpu_ratio),
        line(
            f"failing on 90 % of rows in all 12 checks against passing, all scanned, CPU ratio "
            f"({compared.seconds:.2f} s, {compared.bare_seconds:.2f} s)",
            compared.cpu_ratio,
            1.2,
        ),
        line("  the same in wall seconds", compared.ratio),
    ]


if __name__ == "__main__":
    main(run)
