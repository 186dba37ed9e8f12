"""A small table of order lines, and short ways to stage and audit rows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection
from pyiceberg.io.pyarrow import PyArrowFileIO

from resources.lake.audit.audit import AuditReport, RuleResult, audit
from resources.lake.model.table_spec import ColumnSpec, Rule, TableSpec
from resources.lake.model.window import Window
from resources.lake.write.staging import Staged, stage

FIRST = date(2026, 3, 1)
SECOND = date(2026, 3, 2)
THIRD = date(2026, 3, 3)
ONE_DAY = Window.of_day(FIRST)
THREE_DAYS = Window.of_days(FIRST, THIRD)

LINES = TableSpec(
    namespace="fact",
    name="dwd_order_detail",
    doc="Order lines.",
    columns=(
        ColumnSpec("order_no", "VARCHAR", "Order."),
        ColumnSpec("line_no", "BIGINT", "Line within the order."),
        ColumnSpec("pay_amount", "DECIMAL(18,2)", "What was paid.", nullable=True),
        ColumnSpec("paid_at", "TIMESTAMP WITH TIME ZONE", "When.", nullable=True),
        ColumnSpec("is_gift", "BOOLEAN", "Whether it is a gift.", nullable=True),
        ColumnSpec("dt", "DATE", "Business date."),
    ),
    partition_column="dt",
    key=("order_no", "line_no"),
)

# Twelve orders of one line, a third of them on each of three days.
LINES_SQL = """
    SELECT 'A' || n AS order_no, 1 AS line_no, n + 0.25 AS pay_amount,
        TIMESTAMPTZ '2026-03-01 08:00:00+08' AS paid_at, n = 1 AS is_gift,
        DATE '2026-03-01' + CAST(n % 3 AS INTEGER) AS dt
    FROM range(12) AS numbers (n)
"""
ONE_DAY_SQL = f"SELECT * REPLACE (DATE '2026-03-01' AS dt) FROM ({LINES_SQL})"


def spec_of(
    columns: dict[str, str],
    key: tuple[str, ...] = (),
    rules: tuple[Rule, ...] = (),
    partition: str | None = "dt",
) -> TableSpec:
    """A table of nullable columns given as name and type; `dt` is added if it is partitioned."""
    types = columns if partition is None else {**columns, partition: "DATE"}
    return replace(
        LINES,
        columns=tuple(ColumnSpec(name, type_, "", nullable=True) for name, type_ in types.items()),
        partition_column=partition,
        key=key,
        rules=rules,
    )


def field_ids(spec: TableSpec) -> dict[str, int]:
    """Field ids as a new table would have them."""
    return {column.name: number for number, column in enumerate(spec.columns, start=1)}


def staged_rows(
    connection: DuckDBPyConnection,
    folder: Path,
    select_sql: str,
    spec: TableSpec = LINES,
    window: Window | None = ONE_DAY,
) -> Staged:
    """The rows of the query, staged."""
    return stage(
        connection, spec, select_sql, window, str(folder), field_ids(spec), PyArrowFileIO()
    )


def audited_rows(
    connection: DuckDBPyConnection,
    folder: Path,
    select_sql: str,
    spec: TableSpec = LINES,
    window: Window | None = ONE_DAY,
) -> AuditReport:
    """The rows of the query, staged and audited."""
    staged = staged_rows(connection, folder, select_sql, spec, window)
    return audit(connection, spec, staged, window)


def result_of(report: AuditReport, name: str) -> RuleResult:
    """The result of the rule of that name."""
    return next(each for each in report.results if each.rule.name == name)
