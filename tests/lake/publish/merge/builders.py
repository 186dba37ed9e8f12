"""A table that is merged into, ways to merge, and ways to see what every reader would see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec, Rule, TableSpec
from resources.lake.model.window import Window
from resources.lake.publish.merge import Merge, merge as merge_rows
from resources.lake.publish.table_write import OnStage, Published
from resources.lake.read.table_snapshot import TableSnapshot
from tests.lake.builders import ORDERS, Row as OrderRow, context, open_engine, select_of

# Key, then amount and note, which may be null.
Row = tuple[str, int, Decimal | None, str | None]
Key = tuple[str, int]

LINES = TableSpec(
    namespace="fact",
    name="dwd_order_line",
    doc="Order lines as they are now.",
    columns=(
        ColumnSpec("order_no", "VARCHAR", "Order."),
        ColumnSpec("line_no", "BIGINT", "Line of the order."),
        ColumnSpec("pay_amount", "DECIMAL(18,2)", "What was paid, in currency.", nullable=True),
        ColumnSpec("note", "VARCHAR", "What the buyer wrote.", nullable=True),
    ),
    key=("order_no", "line_no"),
    sort_by=("order_no", "line_no"),
    rules=(
        Rule(
            name="pay_amount_not_negative",
            check="minimum",
            expression="pay_amount >= 0",
            column="pay_amount",
            minimum="0",
        ),
    ),
)

# As contracts evolve: one column more, between the others.
WIDER_LINES = replace(
    LINES,
    columns=(
        *LINES.columns[:3],
        ColumnSpec("city", "VARCHAR", "Where it went.", nullable=True),
        LINES.columns[3],
    ),
)


def row(order: str, line: int, amount: str | None = "1.25", note: str | None = None) -> Row:
    """One order line."""
    return (order, line, None if amount is None else Decimal(amount), note)


def rows_of(order: str, count: int, amount: str = "1.25") -> list[Row]:
    """Lines 1 to `count` of an order."""
    return [row(order, number, amount) for number in range(1, count + 1)]


def rows_sql(rows: Iterable[Row]) -> str:
    """The rows as a SELECT; typed also when there are none."""
    values = ", ".join(
        f"({_text(order)}, {line}, {'NULL' if amount is None else amount}, {_text(note)})"
        for order, line, amount, note in rows
    )
    columns = (
        "CAST(a AS VARCHAR) AS order_no, CAST(b AS BIGINT) AS line_no, "
        "CAST(c AS DECIMAL(18,2)) AS pay_amount, CAST(d AS VARCHAR) AS note"
    )
    if not values:
        return f"SELECT {columns} FROM (VALUES ('', 1, 1, '')) AS v(a, b, c, d) WHERE false"
    return f"SELECT {columns} FROM (VALUES {values}) AS v(a, b, c, d)"


def _text(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def merge_of(rows: Sequence[Row], touched: Iterable[Key] | None = None) -> Merge:
    """A merge of the rows; touched are their own keys, or those given."""
    keys = [each[:2] for each in rows] if touched is None else list(touched)
    select = rows_sql(row(order, line) for order, line in keys)
    return Merge(rows_sql(rows), f"SELECT order_no, line_no FROM ({select})", LINES.key)


def merge(
    lake: Lake,
    change: Merge,
    run_id: str = "run-1",
    spec: TableSpec = LINES,
    base: TableSnapshot | None = None,
    on_stage: OnStage | None = None,
) -> Published:
    """Merge the change, with an engine of its own."""
    with open_engine(lake) as connection, lake.write(spec, None, run_id, base) as write:
        return merge_rows(write, change, connection, context(run_id), on_stage)


def append(
    lake: Lake,
    window: Window | date,
    rows: list[OrderRow],
    base: TableSnapshot | None = None,
    run: PublishContext | None = None,
) -> Published:
    """Add the orders to the window's partitions."""
    window = Window.of_day(window) if isinstance(window, date) else window
    run = run or context()
    with open_engine(lake) as connection, lake.write(ORDERS, window, run.run_id, base) as write:
        return merge_rows(write, Merge(select_of(rows)), connection, run)


def read_by_pyiceberg(lake: Lake, spec: TableSpec = LINES) -> list[tuple[object, ...]]:
    """Every row as pyiceberg's own scan gives it, in the order of the contract's columns."""
    table = lake.snapshot(spec).table
    found = table.scan().to_arrow().to_pylist() if table else []
    names = [column.name for column in spec.columns]
    return in_order(tuple(each[name] for name in names) for each in found)


def in_order(rows: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The rows in the engine's order, in which nulls come last."""
    return sorted(rows, key=lambda row: [(value is None, value) for value in row])


def delete_files(lake: Lake, spec: TableSpec = LINES) -> set[Path]:
    """Every delete file on disk."""
    folder = Path(lake.settings.warehouse_location) / spec.namespace / spec.name
    return set(folder.glob("data/**/position-deletes-*"))


def delete_files_in_snapshot(lake: Lake, spec: TableSpec = LINES) -> set[Path]:
    """Every delete file that the latest snapshot refers to."""
    table = lake.snapshot(spec).table
    return {
        Path(file.file_path)
        for task in (table.scan().plan_files() if table else [])
        for file in task.delete_files
    }
