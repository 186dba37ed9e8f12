"""The types a column may have: few, exact, and the same in every engine.

Each is Python's type of a value and, beside it, DuckDB's spelling of the column's type.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, get_args

Text = Annotated[str, "VARCHAR"]
Integer = Annotated[int, "BIGINT"]
Day = Annotated[date, "DATE"]
Flag = Annotated[bool, "BOOLEAN"]
Timestamp = Annotated[datetime, "TIMESTAMP WITH TIME ZONE"]
"""An instant, microseconds, stored in UTC; `business_date(instant)` gives its business date."""
Money = Annotated[Decimal, "DECIMAL(18,2)"]
"""An amount in the currency beside it, to the cent. What its sign says: docs/glossary.md."""
Rate = Annotated[Decimal, "DECIMAL(9,6)"]
"""A share of one: 0.125000 is 12.5 %."""

TYPES: dict[str, object] = {
    "Text": Text,
    "Integer": Integer,
    "Day": Day,
    "Flag": Flag,
    "Timestamp": Timestamp,
    "Money": Money,
    "Rate": Rate,
}
NAMES: dict[str, str] = {get_args(annotation)[1]: name for name, annotation in TYPES.items()}
"""DuckDB's spelling -> the name that a contract writes."""


def engine_type(annotation: object) -> str:
    """The DuckDB spelling of a contract's type.

    Raises:
        TypeError: If the warehouse has no such type.
    """
    spelling = str(next(iter(get_args(annotation)[1:]), ""))
    if spelling not in NAMES:
        written = annotation.__name__ if isinstance(annotation, type) else annotation
        raise TypeError(f"{written} is no type of the warehouse: write one of {', '.join(TYPES)}")
    return spelling


def values_of(annotation: object) -> str:
    """What a check of a column of the type is written with."""
    kind: type = get_args(annotation)[0]
    return 'whole numbers or Decimal("0.05")' if kind is Decimal else f"{kind.__name__} values"


def is_value(value: object, annotation: object) -> bool:
    """Whether a check may compare a column of the type with the value, which is never a float."""
    kind = get_args(annotation)[0]
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind) or (kind is Decimal and isinstance(value, int))
