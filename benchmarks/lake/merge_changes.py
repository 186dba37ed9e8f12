"""Merging 100,000 changes into 10 million rows, again and again, in a process of its own.

Changes are skewed as trade is: 97 in 100 are to orders created a few days ago, the others to any.
A tenth of them deletes, a twentieth inserts. The table is the same one all along, so that what
earlier merges left in it, and rewriting that now and then, is in the figures.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import (
    ROOT,
    Line,
    bench_settings,
    bounded_connection,
    line,
    main,
    own_peak_mib,
    scratch_folder,
    timed,
)
from resources.lake.model.table_spec import ColumnSpec, TableSpec

ROWS = 10_000_000
CREATE_DAYS = 200
MERGES = 25

BAR_SECONDS = 3.0
BAR_MIB = 1024.0
# How much faster than pyiceberg's upsert, where merging takes longer than that.
BAR_TIMES = 10.0

ORDERS = TableSpec(
    namespace="fact",
    name="bench_order_state",
    doc="Orders as they are now.",
    columns=(
        ColumnSpec("order_id", "BIGINT", "Order, numbered as created."),
        ColumnSpec("order_no", "VARCHAR", "Number that people see."),
        ColumnSpec("user_id", "BIGINT", "Buyer."),
        ColumnSpec("order_status", "VARCHAR", "One of five."),
        ColumnSpec("city", "VARCHAR", "One of 300."),
        ColumnSpec("pay_amount", "DECIMAL(18,2)", "What was paid."),
        ColumnSpec("discount_amount", "DECIMAL(18,2)", "What was not."),
        ColumnSpec("ordered_at", "TIMESTAMP WITH TIME ZONE", "When."),
        ColumnSpec("updated_at", "TIMESTAMP WITH TIME ZONE", "Changed last."),
        ColumnSpec("ordered_date", "DATE", "Day of creation."),
    ),
    key=("order_id",),
    sort_by=("order_id",),
)


def run(rows: int = ROWS) -> list[Line]:
    """Seconds of a merge, its peak memory, and what the dead rows cost those who read."""
    with scratch_folder() as folder:
        load(folder, rows)
        write_changes(folder, rows)
        done = json.loads(_child("merge", str(folder)))
        seconds: list[float] = done["seconds"]
        median = statistics.median(seconds)
        what = f"merge {rows // 100:,} changes into {rows:,} rows"
        parts = ", ".join(f"{part} {taken:.2f}" for part, taken in done["parts"].items())
        lines = [
            line(f"{what}, median of {MERGES}, s ({parts})", median),
            line("  the slowest, which rewrites small files, s", max(seconds)),
            line(f"  its peak memory, after {MERGES}, MiB", done["peak_mib"], BAR_MIB),
            line("  sum over all rows after, against before, ratio", done["read_ratio"]),
        ]
        if median <= BAR_SECONDS:
            lines[0] = line(str(lines[0]["bench"]), median, BAR_SECONDS)
        else:
            upsert = float(_child("upsert", str(folder)))
            name = f"  its share of pyiceberg's upsert ({upsert:.1f} s)"
            lines.append(line(name, median / upsert, 1 / BAR_TIMES))
    return lines


def load(folder: Path, rows: int) -> None:
    """Publish the table as it is before the first merge."""
    from resources.duckdb.engine import duckdb_session
    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import PublishContext

    settings = bench_settings(folder / "home")
    with duckdb_session(settings) as connection:
        connection.execute("SELECT setseed(0.5)")
        Lake(settings).publish(
            ORDERS,
            None,
            _orders_sql(f"SELECT range AS order_id FROM range({rows})", rows),
            connection,
            PublishContext(run_id="bench", code_version="1"),
        )


def write_changes(folder: Path, rows: int) -> None:
    """Write what each merge is to do: one Parquet file each, one row a changed order."""
    count = rows // 100
    recent = f"{rows} - 1 - CAST(floor(-ln(1 - random()) * 3 * {rows / CREATE_DAYS}) AS BIGINT)"
    with bounded_connection(folder) as connection:
        connection.execute("SELECT setseed(0.25)")
        for number in range(MERGES):
            first_new = rows + number * count
            ids = f"""
                (SELECT DISTINCT order_id FROM (
                    SELECT greatest(0, if(random() < 0.97, {recent},
                        CAST(floor(random() * {rows}) AS BIGINT))) AS order_id
                    FROM range({count + count // 2})
                ) LIMIT {count - count // 20})
                UNION ALL SELECT {first_new} + range FROM range({count // 20})
            """
            connection.execute(
                f"COPY (SELECT *, order_id < {rows} AND random() < 0.105 AS is_deleted "
                f"FROM ({_orders_sql(ids, rows)})) "
                f"TO '{_changes(folder, number)}' (FORMAT parquet, COMPRESSION zstd)"
            )


def _orders_sql(ids: str, rows: int) -> str:
    """Orders of the ids, with other values at every call."""
    day = f"DATE '2026-01-01' + CAST(order_id * {CREATE_DAYS} // {rows} AS INTEGER)"
    return f"""
        SELECT order_id, 'SO' || lpad(CAST(order_id AS VARCHAR), 12, '0') AS order_no,
            CAST(floor(pow(random(), 3) * 1000000) AS BIGINT) AS user_id,
            ['created', 'paid', 'shipped', 'delivered', 'cancelled']
                [1 + CAST(floor(random() * 4.99) AS INTEGER)] AS order_status,
            'city ' || CAST(floor(random() * 300) AS INTEGER) AS city,
            CAST(floor(random() * 100000) / 100 AS DECIMAL(18,2)) AS pay_amount,
            CAST(floor(random() * 1000) / 100 AS DECIMAL(18,2)) AS discount_amount,
            ({day})::TIMESTAMPTZ + to_seconds(CAST(order_id * 7919 % 86400 AS BIGINT))
                AS ordered_at,
            ({day})::TIMESTAMPTZ + to_seconds(CAST(random() * 864000 AS BIGINT)) AS updated_at,
            {day} AS ordered_date
        FROM ({ids})
    """


def _changes(folder: Path, number: int) -> Path:
    return folder / f"changes_{number}.parquet"


def _child(work: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.lake.merge_changes", work, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ).stdout


def merge(folder: Path) -> None:
    """Merge all changes, then print seconds, peak memory of this process, and a read's ratio."""
    from resources.duckdb.engine import duckdb_session
    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import PublishContext
    from resources.lake.publish.merge import Merge, merge

    settings = bench_settings(folder / "home")
    lake = Lake(settings)
    columns = ", ".join(column.name for column in ORDERS.columns)

    def read() -> float:
        with duckdb_session(settings) as connection:
            relation = lake.relation_sql(lake.snapshot(ORDERS), None)
            totals = f"SELECT sum(pay_amount), count(DISTINCT city) FROM ({relation})"
            return statistics.median(
                timed(lambda: connection.execute(totals).fetchall())[0] for _ in range(5)
            )

    before = read()
    seconds: list[float] = []
    parts: list[dict[str, float]] = []
    for number in range(MERGES):
        changes = f"read_parquet('{_changes(folder, number)}')"
        change = Merge(
            f"SELECT {columns} FROM {changes} WHERE NOT is_deleted",
            f"SELECT order_id FROM {changes}",
            ("order_id",),
        )
        begun = time.perf_counter()
        with duckdb_session(settings) as connection:
            context = PublishContext(run_id="bench", code_version="1")
            with lake.write(ORDERS, None, "bench") as write:
                published = merge(write, change, connection, context)
        seconds.append(time.perf_counter() - begun)
        parts.append(dict(published.seconds))
    result = {
        "seconds": seconds,
        "parts": {part: statistics.median(each[part] for each in parts) for part in parts[0]},
        "peak_mib": own_peak_mib(),
        "read_ratio": read() / before,
    }
    sys.stdout.write(json.dumps(result))


def upsert(folder: Path) -> None:
    """Upsert one merge's changes, deletes left out, with pyiceberg alone; print the seconds."""
    import duckdb

    from resources.lake.lake import Lake

    table = Lake(bench_settings(folder / "home")).snapshot(ORDERS).table
    assert table is not None
    columns = ", ".join(column.name for column in ORDERS.columns)
    rows = duckdb.sql(
        f"SELECT {columns} FROM read_parquet('{_changes(folder, 0)}') WHERE NOT is_deleted"
    ).to_arrow_table()
    begun = time.perf_counter()
    table.upsert(rows.cast(table.schema().as_arrow()), join_cols=["order_id"])
    sys.stdout.write(str(time.perf_counter() - begun))


if __name__ == "__main__":
    if sys.argv[1:2] == ["merge"]:
        merge(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["upsert"]:
        upsert(Path(sys.argv[2]))
    else:
        main(run, ROWS)
