"""Rows as a table on the screen: numbers to the right, amounts exact, nulls visible."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from warehouse_assets.command_line.formatting import cell
from warehouse_assets.command_line.rows import Rows
from warehouse_assets.command_line.summary import data_table

_NUMBERS = (
    "DECIMAL",
    "BIGINT",
    "INTEGER",
    "HUGEINT",
    "DOUBLE",
    "FLOAT",
    "SMALLINT",
    "TINYINT",
    "U",
)
_NULL = Text("null", style="dim italic")


def rows_table(
    rows: Rows, zone: ZoneInfo, title: str | None = None, only: Sequence[str] | None = None
) -> Table:
    """The rows, or the columns of them named in `only`, in that order."""
    places = [rows.names.index(name) for name in only] if only else range(len(rows.names))
    table = data_table(title)
    for place in places:
        right = rows.types[place].startswith(_NUMBERS)
        table.add_column(rows.names[place], justify="right" if right else "left")
    for row in rows.values:
        table.add_row(*(_NULL if row[p] is None else Text(cell(row[p], zone)) for p in places))
    return table
