"""The types a column may have: few, exact, and the same in every engine."""

from __future__ import annotations

from typing import Annotated

import ibis.expr.datatypes as ibis_types

Text = ibis_types.String
Integer = ibis_types.Int64
Day = ibis_types.Date
Flag = ibis_types.Boolean
Timestamp = Annotated[ibis_types.Timestamp, "UTC", 6, True]
"""An instant, microseconds, stored in UTC; `business_date(instant)` gives its business date."""
Money = Annotated[ibis_types.Decimal, 18, 2, True]
"""An amount in the currency beside it, to the cent. What its sign says: docs/glossary.md."""
Rate = Annotated[ibis_types.Decimal, 9, 6, True]
"""A share of one: 0.125000 is 12.5 %."""


def engine_type(ibis_type: object) -> str:
    """The DuckDB spelling of a contract's type.

    Raises:
        TypeError: If the warehouse has no such type.
    """
    match ibis_type:
        case ibis_types.String():
            return "VARCHAR"
        case ibis_types.Int64():
            return "BIGINT"
        case ibis_types.Int32():
            return "INTEGER"
        case ibis_types.Boolean():
            return "BOOLEAN"
        case ibis_types.Date():
            return "DATE"
        case ibis_types.Decimal(precision=int(precision), scale=int(scale)):
            return f"DECIMAL({precision},{scale})"
        case ibis_types.Timestamp(timezone="UTC"):
            return "TIMESTAMP WITH TIME ZONE"
        case _:
            raise TypeError(
                f"{ibis_type} is no type of the warehouse (see declaration/column_types.py)"
            )
