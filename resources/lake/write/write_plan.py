"""How rows are written within the engine's memory, however many partitions or columns there are.

The engine buffers what it writes by partition, thread and column, a few thousand values each time
even for a single row. A range of many partitions is therefore written a few at a time, and a table
of many columns in smaller row groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from resources.identifiers import date_literal, quoted
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window

# The engine's unit of work, and what it holds for a value at most, text itself not counted.
_VECTOR = 2048
_BYTES = 16

# The engine's own number of rows in a row group.
_MOST_ROWS = 122_880

# Of its memory, what open partitions may take: sorting, hashing and compressing need the rest.
_SHARE_OF_PARTITIONS = 4
_SHARE_OF_ROW_GROUPS = 2


@dataclass(frozen=True)
class WritePlan:
    """How to write one staged window.

    `slices`: the windows to write one after the other; one, or none, if all can be written at
    once. `row_group_rows`: rows in a row group, per thread in memory until they are written.
    """

    slices: tuple[Window, ...]
    row_group_rows: int


def plan_write(connection: DuckDBPyConnection, spec: TableSpec, window: Window | None) -> WritePlan:
    """The plan for the connection's memory and threads."""
    memory, threads = connection.execute(
        "SELECT parse_formatted_bytes(current_setting('memory_limit')), current_setting('threads')"
    ).fetchall()[0]
    bytes_a_row = len(spec.columns) * _BYTES * threads
    rows = memory // _SHARE_OF_ROW_GROUPS // bytes_a_row // _VECTOR * _VECTOR
    days = memory // _SHARE_OF_PARTITIONS // (bytes_a_row * _VECTOR)
    return WritePlan(
        slices=tuple(_slices(window, max(days, 1))) if window is not None else (),
        row_group_rows=min(max(rows, _VECTOR), _MOST_ROWS),
    )


def slice_conditions(partition_column: str, slices: Sequence[Window]) -> list[str]:
    """SQL that tells the rows of each slice; every row, one outside all of them too, is in one."""
    partition = quoted(partition_column)
    conditions: list[str] = []
    for number, part in enumerate(slices):
        from_start = f"{partition} >= {date_literal(part.start)}"
        to_end = f"{partition} < {date_literal(part.end)}"
        if number == 0:
            conditions.append(f"({partition} IS NULL OR {to_end})")
        elif number == len(slices) - 1:
            conditions.append(from_start)
        else:
            conditions.append(f"{from_start} AND {to_end}")
    return conditions


def _slices(window: Window, days: int) -> list[Window]:
    all_days = list(window)
    parts = [all_days[start : start + days] for start in range(0, len(all_days), days)]
    return [Window.of_days(part[0], part[-1]) for part in parts]
