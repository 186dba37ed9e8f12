"""A column's type, parsed once from the way DuckDB spells it, and which type fits which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")
_WHOLE_NUMBERS = frozenset(
    f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")
) | {"INTEGER", "UINTEGER"}
_PROMOTED = frozenset({("INTEGER", "BIGINT"), ("FLOAT", "DOUBLE")})


@dataclass(frozen=True)
class ColumnType:
    """A type of the engine. `name` is as DuckDB spells it, without precision and scale.

    `precision` is the digits of a decimal, 0 for other types. `scale` is the digits after the point
    of an exact number, so 0 for a whole number; None for other types.
    """

    name: str
    precision: int = 0
    scale: int | None = None

    @property
    def is_decimal(self) -> bool:
        """Whether it is DECIMAL(precision,scale)."""
        return self.precision > 0

    @property
    def has_exact_bounds(self) -> bool:
        """Whether Parquet's bounds of such a column are values of it, in the engine's order.

        Writers may shorten the bounds of a text, and a float's leave NaN out.
        """
        is_time = self.name in ("DATE", "BOOLEAN") or self.name.startswith("TIMESTAMP")
        return self.scale is not None or is_time

    def fits_into(self, other: ColumnType) -> bool:
        """Whether a cast to the other type keeps every digit, or fails for a value too large."""
        if self == other:
            return True
        return self.scale is not None and other.scale is not None and self.scale <= other.scale

    def promotes_to(self, other: ColumnType) -> bool:
        """Whether a column of this type may become the other without rewriting its files.

        pyiceberg's own `promote` lets a decimal's scale change, which would change every amount.
        """
        if self.is_decimal and other.is_decimal:
            return self.scale == other.scale and self.precision <= other.precision
        return self == other or (self.name, other.name) in _PROMOTED


@cache
def column_type(spelling: str) -> ColumnType:
    """The type that DuckDB spells so, as in DECIMAL(18,2)."""
    if decimal := _DECIMAL.fullmatch(spelling):
        return ColumnType("DECIMAL", int(decimal[1]), int(decimal[2]))
    return ColumnType(spelling, scale=0 if spelling in _WHOLE_NUMBERS else None)
