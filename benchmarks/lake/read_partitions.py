"""Reading pinned tables against a bare read_parquet of the same files."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from benchmarks.measure import (
    ORDER_LINES,
    ROWS,
    RUNS,
    Line,
    bench_settings,
    cpu_of,
    days_window,
    in_turn,
    line,
    main,
    remove,
    scratch_folder,
    write_order_lines,
)
from resources.duckdb.engine import duckdb_session
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.model.window import Window
from resources.lake.read.table_snapshot import TableSnapshot

DAYS = days_window(30)
DAY = DAYS.last

USERS = TableSpec(
    namespace="dim",
    name="bench_user",
    doc="A million users as of the last day.",
    columns=(
        ColumnSpec("user_id", "BIGINT", "User."),
        ColumnSpec("vip_level", "VARCHAR", "Level."),
        ColumnSpec("dt", "DATE", "Business date."),
    ),
    partition_column="dt",
)
SKUS = TableSpec(
    namespace="dim",
    name="bench_sku",
    doc="100,000 SKUs as of the last day.",
    columns=(
        ColumnSpec("sku_id", "BIGINT", "SKU."),
        ColumnSpec("category_id", "BIGINT", "Category."),
        ColumnSpec("dt", "DATE", "Business date."),
    ),
    partition_column="dt",
)
USERS_SQL = f"""SELECT range + 1 AS user_id, 'LEVEL ' || range % 4 AS vip_level,
    DATE '{DAY}' AS dt FROM range(1000000)"""
SKUS_SQL = f"""SELECT range + 1 AS sku_id, range % 300 AS category_id,
    DATE '{DAY}' AS dt FROM range(100000)"""

ONE_DAY = """SELECT count(*), sum(pay_amount), sum(quantity), max(user_id)
    FROM {lines} AS lines WHERE dt = DATE '{day}'"""
ALL_DAYS = """SELECT dt, count(*), sum(pay_amount), sum(discount_amount)
    FROM {lines} AS lines GROUP BY dt"""
JOINED = """SELECT vip_level, category_id, count(*), sum(pay_amount)
    FROM {lines} AS lines
    JOIN {users} AS users USING (user_id)
    JOIN {skus} AS skus USING (sku_id)
    GROUP BY ALL"""

# A table's name to what stands for it in FROM.
Relations = Callable[[str, Window], str]


def run(rows: int = ROWS) -> list[Line]:
    """Ratios of seconds; tables are pinned once, files planned anew for each query.

    Planning costs milliseconds whatever the rows: a ratio is of so many rows, and says so.
    Each query runs in a session of its own, as the runs that read do: in a session that has read a
    file before, its rows would come from memory. Opening it is not measured.
    """
    lines: list[Line] = []
    with scratch_folder() as folder, ExitStack() as stack:
        settings = bench_settings(folder / "home")
        lake = Lake(settings)
        with duckdb_session(settings) as connection:
            snapshots = _publish(lake, connection, folder, rows)
        files = {name: _files(snapshot) for name, snapshot in snapshots.items()}
        sessions: list[DuckDBPyConnection] = []

        def open_session() -> None:
            stack.close()
            sessions[:] = [stack.enter_context(duckdb_session(settings))]

        for what, query, window, bar in (
            ("one day", ONE_DAY, Window.of_day(DAY), 1.4),
            ("30 days aggregated", ALL_DAYS, DAYS, 1.2),
            ("30 days joined with 2 dimensions", JOINED, DAYS, 1.2),
        ):
            open_session()
            compared = in_turn(
                partial(_ask, sessions, query, partial(_ours, lake, snapshots), window),
                partial(_ask, sessions, query, partial(_bare, files), window),
                open_session,
            )
            ours, bare = compared.seconds * 1000, compared.bare_seconds * 1000
            seconds = f"{ours:,.0f} ms; bare {bare:,.0f} ms"
            what = f"read {what} of {rows:,} rows, ratio ({seconds})"
            planning = statistics.median(
                cpu_of(partial(_ours, lake, snapshots, "lines", window))[0] for _ in range(RUNS)
            )
            lines += [
                line(what, compared.ratio, bar),
                line("  the same in CPU seconds", compared.cpu_ratio),
                line("  of them planning the files, ms", planning * 1000),
            ]
    return lines


def _ask(
    sessions: Sequence[DuckDBPyConnection], query: str, relations: Relations, window: Window
) -> list[tuple[object, ...]]:
    windows = {"lines": window, "users": Window.of_day(DAY), "skus": Window.of_day(DAY)}
    used = {
        name: relations(name, its_window)
        for name, its_window in windows.items()
        if f"{{{name}}}" in query
    }
    return sessions[0].execute(query.format(**used, day=DAY)).fetchall()


def _ours(lake: Lake, snapshots: dict[str, TableSnapshot], name: str, window: Window) -> str:
    return f"({lake.relation_sql(snapshots[name], {day: day for day in window})})"


def _bare(files: dict[str, dict[date, str]], name: str, window: Window) -> str:
    paths = ", ".join(f"'{files[name][day]}'" for day in window)
    return f"read_parquet([{paths}], hive_partitioning = false)"


def _publish(
    lake: Lake, connection: DuckDBPyConnection, folder: Path, rows: int
) -> dict[str, TableSnapshot]:
    source = folder / "source.parquet"
    context = PublishContext(run_id="bench", code_version="1")
    lines_sql = write_order_lines(source, rows, len(DAYS))
    for day in DAYS:
        query = f"{lines_sql} WHERE dt = DATE '{day}'"
        lake.publish(ORDER_LINES, Window.of_day(day), query, connection, context)
    lake.publish(USERS, Window.of_day(DAY), USERS_SQL, connection, context)
    lake.publish(SKUS, Window.of_day(DAY), SKUS_SQL, connection, context)
    remove(source)
    return {
        "lines": lake.snapshot(ORDER_LINES),
        "users": lake.snapshot(USERS),
        "skus": lake.snapshot(SKUS),
    }


def _files(snapshot: TableSnapshot) -> dict[date, str]:
    """The one file of each day."""
    assert snapshot.table is not None
    return {
        date.fromordinal(date(1970, 1, 1).toordinal() + task.file.partition[0]): task.file.file_path
        for task in snapshot.table.scan().plan_files()
    }


if __name__ == "__main__":
    main(run)
