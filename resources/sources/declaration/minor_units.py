"""Amounts in the smallest unit of their currency: cents, yen, fils."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from resources.errors import SettingsError
from resources.sources.declaration.column_origins import Characters, Field, as_field

_MOST_DECIMALS = 38


@dataclass(frozen=True)
class MinorUnits:
    """How many of a whole number's digits are decimals, told by a currency beside it.

    Attributes:
        field: The field of the row that has the currency.
        decimals: Currency, as the field spells it -> decimals. A currency that is not here is a
            fault of the row.
    """

    field: Field | Characters
    decimals: Mapping[str, int]


def minor_units(field: str | Field | Characters, decimals: Mapping[str, int]) -> MinorUnits:
    """Declare amounts in minor units: `minor_units("currency", {"usd": 2, "jpy": 0})`.

    Args:
        field: The field of the row that has the currency.
        decimals: Each currency, as it is spelled there, with its decimals.

    Raises:
        SettingsError: If there is no currency, or one has no such number of decimals.
    """
    for currency, number in decimals.items():
        is_number = isinstance(number, int) and not isinstance(number, bool)  # pyright: ignore
        if not is_number or not 0 <= number <= _MOST_DECIMALS:
            raise SettingsError(
                f"minor_units() gives {currency!r} {number!r} decimals",
                'Give each currency its decimals, as in {"usd": 2, "jpy": 0}.',
            )
    if not decimals:
        raise SettingsError(
            "minor_units() has no currency",
            'Name each that is delivered, as in {"usd": 2, "jpy": 0}.',
        )
    return MinorUnits(as_field(field), MappingProxyType(dict(decimals)))
