"""A table of sales, other contracts for it, and rows that fit any of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from resources.lake.model.table_spec import ColumnSpec, TableSpec

ORDER_ID = ColumnSpec("order_id", "INTEGER", "Order.")


AMOUNT = ColumnSpec("amount", "DECIMAL(10,2)", "What was paid.", nullable=True)


CITY = ColumnSpec("city", "VARCHAR", "City.", nullable=True)


DAY = ColumnSpec("dt", "DATE", "Business date.")


NOTE = ColumnSpec("note", "VARCHAR", "A note.", nullable=True)


BEFORE = TableSpec(
    namespace="fact",
    name="dwd_sale",
    doc="Sales.",
    columns=(ORDER_ID, AMOUNT, CITY, DAY),
    partition_column="dt",
)


def made_of(*columns: ColumnSpec, **changes: object) -> TableSpec:
    """The table with other columns."""
    return replace(BEFORE, columns=columns, **changes)


def select_for(spec: TableSpec, day: date) -> str:
    """One row of the day, with something sensible in every column."""
    values = {"INTEGER": "7", "BIGINT": "7", "VARCHAR": "'Lima'", "DATE": f"DATE '{day}'"}
    return "SELECT " + ", ".join(
        f"CAST({values.get(column.type, '1.25')} AS {column.type}) AS {column.name}"
        for column in spec.columns
    )


WIDE_ID = replace(ORDER_ID, type="BIGINT")


WIDE_AMOUNT = replace(AMOUNT, type="DECIMAL(18,2)")


TOWN = replace(CITY, name="town", was="city")
