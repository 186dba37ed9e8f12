"""Binary floating-point numbers as text: by the shortest decimal that gives the same number."""

from __future__ import annotations

import math
from decimal import Decimal


def spelled(number: float) -> str | None:
    """The shortest spelling that gives the same double, without an exponent; None for no number.

    19.99 was stored as 19.989999999999998436...; whoever wrote it meant 19.99.
    """
    if not math.isfinite(number):
        return None
    shortest = Decimal(repr(number))
    whole = shortest == shortest.to_integral_value()
    return f"{int(shortest)}" if whole else f"{shortest:f}"
